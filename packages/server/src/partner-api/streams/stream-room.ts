import { PartnerError } from '@countersign/contract';

/** Streams at once in a process: each holds a snapshot, and with it a thread or a connection. */
const MOST_STREAMS = 4;
/** Streams at once of one app, so that another finds room. */
const MOST_OF_AN_APP = 2;
/** When to try again, in seconds. */
const RETRY_AFTER_SECONDS = 10;

/** Room for the streams under way in this process. */
export class StreamRoom {
  #count = 0;
  readonly #byApp = new Map<number, number>();

  /**
   * Counts a stream until what this gives is called, which may be more than once.
   *
   * @throws PartnerError `unavailable` where there are too many
   */
  enter(appId: number): () => void {
    const own = this.#byApp.get(appId) ?? 0;
    if (this.#count >= MOST_STREAMS || own >= MOST_OF_AN_APP) {
      const whose = own >= MOST_OF_AN_APP ? 'This app' : 'The server';
      throw new PartnerError('unavailable', `${whose} has as many exports under way as it may; try again later.`, {
        details: { retryAfterSeconds: RETRY_AFTER_SECONDS },
      });
    }
    this.#count += 1;
    this.#byApp.set(appId, own + 1);
    let isIn = true;
    return () => {
      if (!isIn) return;
      isIn = false;
      this.#count -= 1;
      const left = (this.#byApp.get(appId) ?? 1) - 1;
      if (left === 0) this.#byApp.delete(appId);
      else this.#byApp.set(appId, left);
    };
  }
}
