import { type Limiter, type LimiterOptions, memoryLimiter } from './limiter.js';
import type { Notice, NoticeListener } from './notice.js';
import type { PrivateName } from './private-names.js';

/** What processes share that is not in the database: counts and notices. None of it outlives a day. */
export interface SharedState {
  /** Opens the counts of one limit. */
  openLimiter(options: LimiterOptions): Limiter;
  /** What a key is called that must not be read by who reads the shared state: an address, an email. */
  readonly nameOf: PrivateName;
  /** Tells the other processes, as far as they can be reached. */
  tell(notice: Notice): Promise<void>;
  /** Calls back for what another process tells. */
  onNotice(listener: NoticeListener): void;
  /** What does not answer at the moment; each process does its work for itself meanwhile. */
  listAway(): readonly string[];
  close(): void;
}

/** The state of a process that shares with nobody. */
export function memoryState(nameOf: PrivateName): SharedState {
  return {
    openLimiter: memoryLimiter,
    nameOf,
    tell: async () => undefined,
    onNotice: () => undefined,
    listAway: () => [],
    close: () => undefined,
  };
}
