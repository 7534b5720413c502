import type { RawBuilder } from 'kysely';

/** What the engines say differently; the only place where SQL of one engine may enter a statement. */
export interface Dialect {
  /** The internal, time-ordered key of the team's next customer; never leaves the server. */
  nextCustomerKey(teamId: RawBuilder<number>): RawBuilder<number>;
  /** A UUID text in the form the engine stores and compares. */
  encodeUuid(uuid: string): Uint8Array | string;
}
