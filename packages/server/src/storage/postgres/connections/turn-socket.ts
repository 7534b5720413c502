import { Socket } from 'node:net';

/**
 * A socket that sends what is written to it in one turn of the event loop together: the statements of all requests that
 * came in that turn are one packet, and wake the server once.
 */
export class TurnSocket extends Socket {
  #isHolding = false;

  override write(
    chunk: Uint8Array | string,
    encodingOrCallback?: BufferEncoding | ((error?: Error | null) => void),
    callback?: (error?: Error | null) => void,
  ): boolean {
    this.#hold();
    if (typeof encodingOrCallback === 'function') return super.write(chunk, encodingOrCallback);
    return super.write(chunk, encodingOrCallback, callback);
  }

  #hold(): void {
    if (this.#isHolding) return;
    this.#isHolding = true;
    this.cork();
    setImmediate(() => {
      this.#isHolding = false;
      this.uncork();
    });
  }
}
