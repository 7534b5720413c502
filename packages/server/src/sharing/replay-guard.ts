import { TIMESTAMP_WINDOW_SECONDS } from '../partner/timestamp.js';

/** The signature of a request that was let in. */
export interface SignatureMark {
  readonly appId: number;
  readonly signature: string;
  /** Of the request, in seconds since 1970. */
  readonly time: number;
}

/** Remembers the signatures of accepted requests while their timestamps are good, contract §1.1. */
export interface ReplayGuard {
  /** Notes a signature. Gives false, and notes nothing, when it is known already. */
  admit(mark: SignatureMark): Promise<boolean>;
  /** Takes back a note, after an answer that says that nothing happened. */
  forget(mark: SignatureMark): Promise<void>;
}

/** Width of a bucket of timestamps, in seconds: old marks go a bucket at a time. */
const BUCKET_SECONDS = 60;

/**
 * A replay guard in memory, for one process. It keeps 64 bits of each signature, at most 16 bytes in all, so that ten
 * minutes of full load fit: two different requests look alike once in 10^12.
 */
export function memoryReplayGuard(now: () => number = Date.now): ReplayGuard {
  const buckets = new Map<number, MarkTable>();
  const bucketOf = (time: number) => Math.floor(time / BUCKET_SECONDS);
  const dropOld = () => {
    const oldest = bucketOf(now() / 1000 - TIMESTAMP_WINDOW_SECONDS);
    for (const bucket of buckets.keys()) if (bucket < oldest) buckets.delete(bucket);
  };
  return {
    async admit({ appId, signature, time }) {
      const bucket = bucketOf(time);
      let table = buckets.get(bucket);
      if (table === undefined) {
        dropOld();
        table = new MarkTable();
        buckets.set(bucket, table);
      }
      return table.add(markOf(appId, signature));
    },
    async forget({ appId, signature, time }) {
      buckets.get(bucketOf(time))?.delete(markOf(appId, signature));
    },
  };
}

/**
 * A replay guard that asks another one too, which more processes share. What passes here is kept here as well: while the
 * other one is away, nothing that this process has seen is forgotten.
 *
 * @param shared gives true where it cannot tell
 */
export function layeredReplayGuard(shared: ReplayGuard): ReplayGuard {
  const own = memoryReplayGuard();
  return {
    async admit(mark) {
      return (await own.admit(mark)) && (await shared.admit(mark));
    },
    async forget(mark) {
      await own.forget(mark);
      await shared.forget(mark);
    },
  };
}

/** Sixty-four bits of a signature, as two halves. */
interface Mark {
  readonly high: number;
  readonly low: number;
}

/** A large odd number spreads small ones over all bits. */
const SPREAD = 0x9e3779b1;

// A good signature is random already; the app's id is mixed in. 0 and 1 in the high half mean empty and deleted.
function markOf(appId: number, signature: string): Mark {
  const high = (Number.parseInt(signature.slice(0, 8), 16) ^ Math.imul(appId, SPREAD)) >>> 0;
  return { high: high < 2 ? high + 2 : high, low: Number.parseInt(signature.slice(8, 16), 16) };
}

const EMPTY = 0;
const DELETED = 1;
const FIRST_SLOTS = 1024;

/** A set of 64-bit marks by open addressing in one typed array. */
class MarkTable {
  #slots = new Uint32Array(FIRST_SLOTS * 2);
  #used = 0;

  /** Adds a mark; false when it is there already. */
  add(mark: Mark): boolean {
    if (this.#find(mark) !== undefined) return false;
    if ((this.#used + 1) * 4 > this.#slots.length) this.#grow();
    this.#insert(mark);
    return true;
  }

  delete(mark: Mark): void {
    const slot = this.#find(mark);
    if (slot !== undefined) this.#slots[slot] = DELETED;
  }

  #find({ high, low }: Mark): number | undefined {
    const slots = this.#slots;
    for (let slot = this.#firstSlot(low); slots[slot] !== EMPTY; slot = (slot + 2) % slots.length) {
      if (slots[slot] === high && slots[slot + 1] === low) return slot;
    }
    return undefined;
  }

  #insert({ high, low }: Mark): void {
    let slot = this.#firstSlot(low);
    while (this.#slots[slot] !== EMPTY) slot = (slot + 2) % this.#slots.length;
    this.#slots[slot] = high;
    this.#slots[slot + 1] = low;
    this.#used += 1;
  }

  #firstSlot(low: number): number {
    return (low * 2) % this.#slots.length;
  }

  #grow(): void {
    const old = this.#slots;
    this.#slots = new Uint32Array(old.length * 2);
    this.#used = 0;
    for (let slot = 0; slot < old.length; slot += 2) {
      const high = old[slot] ?? EMPTY;
      if (high > DELETED) this.#insert({ high, low: old[slot + 1] ?? 0 });
    }
  }
}
