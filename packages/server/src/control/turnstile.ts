import { setTimeout as wait } from 'node:timers/promises';

/** How long requests in flight are waited for, in milliseconds: longer than any of them takes. */
const PATIENCE_MS = 30_000;
const LOOK_EVERY_MS = 2;

/** Lets requests in, and keeps them out while the database is exchanged under them. */
export class Turnstile {
  #inside = 0;
  #alone: Promise<unknown> = Promise.resolve();
  #closed: Promise<unknown> | undefined;

  /** Waits until nobody works alone, and counts a request that comes in; the function that is given lets it out. */
  async enter(): Promise<() => void> {
    while (this.#closed !== undefined) await this.#closed;
    this.#inside += 1;
    return () => {
      this.#inside -= 1;
    };
  }

  /** Does work, one after the other, while no request is inside. */
  async alone<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#alone.then(async () => {
      await this.#waitForRequests();
      return work();
    });
    const settled = turn.then(
      () => undefined,
      () => undefined,
    );
    this.#alone = settled;
    this.#closed = settled;
    try {
      return await turn;
    } finally {
      if (this.#closed === settled) this.#closed = undefined;
    }
  }

  async #waitForRequests(): Promise<void> {
    const end = performance.now() + PATIENCE_MS;
    while (this.#inside > 0 && performance.now() < end) await wait(LOOK_EVERY_MS);
  }
}
