import type { Customer, DeletedCustomer } from '@countersign/contract';
import { expect } from 'vitest';
import type { Caller, WireAnswer } from '../harness/caller.js';

/** What a mirror keeps of a customer. */
type Known = Customer | DeletedCustomer;

/** How a mirror asks. */
export interface MirrorOptions {
  /** Records to a page. */
  readonly limit?: number;
  readonly orderBy?: string;
  /**
   * How much later than `updatedUntil` it asks from, in milliseconds. The server promises nothing for this; tests look by
   * it whether the promise holds without most of the time that the server adds for safety.
   */
  readonly aheadMs?: number;
}

/** A copy of a team's customers that follows the protocol of `updatedSince` and `updatedUntil`, as a client does. */
export class Mirror {
  readonly records = new Map<string, Known>();
  readonly #options: MirrorOptions;
  #since: string | undefined;

  constructor(options: MirrorOptions = {}) {
    this.#options = options;
  }

  /** What the last round told; undefined before the first. */
  get since(): string | undefined {
    return this.#since;
  }

  /** One round: follows the cursor to the end, and keeps what the walk told for the next. */
  async poll(caller: Caller, between: () => Promise<unknown> = async () => undefined): Promise<void> {
    const { limit = 100, orderBy = 'updatedAt' } = this.#options;
    const query = { includeDeleted: 'true', limit, orderBy, ...this.#sinceQuery() };
    let told: string | undefined;
    let cursor: string | null = null;
    do {
      if (cursor !== null) await between();
      const answer: WireAnswer = await caller.get('/customers', {
        query: cursor === null ? query : { ...query, cursor },
      });
      expect(answer.status, answer.text).toBe(200);
      const { customers, pagination } = answer.data;
      told ??= pagination.updatedUntil;
      expect(pagination.updatedUntil, 'pages of one walk').toBe(told);
      for (const record of customers) this.records.set(record.uuid, record);
      cursor = pagination.nextCursor;
    } while (cursor !== null);
    this.#since = told;
  }

  /** The live customers it has, by UUID. */
  live(): Map<string, Customer> {
    const live = [...this.records.values()].filter((record): record is Customer => !('deleted' in record));
    return new Map(live.map((customer) => [customer.uuid, customer]));
  }

  /** Expects that it is an equal copy of what a whole list tells, when nothing is under way. */
  async expectEqual(caller: Caller): Promise<void> {
    const truth = new Map<string, Customer>();
    for await (const customer of caller.client.customers.listAll()) truth.set(customer.uuid, customer);
    const mine = this.live();
    for (const [uuid, customer] of truth) expect(mine.get(uuid), `the copy of ${uuid}`).toEqual(customer);
    expect(
      [...mine.keys()].filter((uuid) => !truth.has(uuid)),
      'records that are gone',
    ).toEqual([]);
  }

  #sinceQuery(): { updatedSince?: string } {
    if (this.#since === undefined) return {};
    const time = Date.parse(this.#since) + (this.#options.aheadMs ?? 0);
    return { updatedSince: new Date(time).toISOString() };
  }
}
