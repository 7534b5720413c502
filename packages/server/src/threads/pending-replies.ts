import { currentTime } from '../clock.js';

/** Questions to another thread or process that have no reply yet, by the number that each was sent with. */
export class PendingReplies {
  readonly #pending = new Map<number, Pending>();
  #lastId = 0;

  /** How many have no reply. */
  get count(): number {
    return this.#pending.size;
  }

  /** When the oldest of them was asked, in milliseconds since 1970; undefined when there is none. */
  get oldestAskedAt(): number | undefined {
    // Numbers rise, and a map keeps the order in which they came.
    return this.#pending.values().next().value?.askedAt;
  }

  /** Sends a question with a new number and gives the reply, whose type the asker knows. */
  ask<T>(send: (id: number) => void): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#lastId += 1;
      const id = this.#lastId;
      this.#pending.set(id, { askedAt: currentTime(), resolve: (reply) => resolve(replyAs<T>(reply)), reject });
      try {
        send(id);
      } catch (error) {
        this.reject(id, error);
      }
    });
  }

  /** Gives a question its reply; one that has ended already gets none. */
  resolve(id: number, reply: unknown): void {
    this.#take(id)?.resolve(reply);
  }

  /** Fails one question; one that has ended already stays as it is. */
  reject(id: number, error: unknown): void {
    this.#take(id)?.reject(error);
  }

  /** Fails all that have no reply. */
  rejectAll(error: unknown): void {
    for (const { reject } of this.#pending.values()) reject(error);
    this.#pending.clear();
  }

  #take(id: number): Pending | undefined {
    const pending = this.#pending.get(id);
    this.#pending.delete(id);
    return pending;
  }
}

interface Pending {
  readonly askedAt: number;
  resolve(reply: unknown): void;
  reject(error: unknown): void;
}

// The reply is the answer to the very question whose type is T; only the way between threads has lost the type.
function replyAs<T>(reply: unknown): T {
  return reply as T;
}
