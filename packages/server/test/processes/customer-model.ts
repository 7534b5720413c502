import type { Customer } from '@countersign/contract';
import { expect } from 'vitest';
import type { Random } from '../harness/random.js';

/** What was acknowledged of one customer. */
interface KnownCustomer {
  /** States that were answered, by version; undefined where only the version was told. */
  readonly states: Map<number, Customer | undefined>;
  /** Deletions; their versions are not told. */
  deletions: number;
}

/** What a set of customers must look like after the changes that were acknowledged. */
export class CustomerModel {
  readonly #customers = new Map<string, KnownCustomer>();

  get size(): number {
    return this.#customers.size;
  }

  /** One of the customers, with the newest version known of it; undefined when there is none. */
  pick(random: Random): { readonly uuid: string; readonly version: number } | undefined {
    if (this.#customers.size === 0) return undefined;
    const [uuid, { states }] = random.pick([...this.#customers]);
    return { uuid, version: Math.max(...states.keys()) };
  }

  /** Notes a change whose answer shows the customer. */
  noteState(customer: Customer): void {
    const known = this.#customers.get(customer.uuid) ?? { states: new Map(), deletions: 0 };
    expect(known.states.has(customer.version), 'two changes made one version').toBe(false);
    known.states.set(customer.version, customer);
    this.#customers.set(customer.uuid, known);
  }

  /** Notes a change whose answer shows the version alone. */
  noteVersion(uuid: string, version: number): void {
    const { states } = this.#get(uuid);
    expect(states.has(version), 'two changes made one version').toBe(false);
    states.set(version, undefined);
  }

  noteDeletion(uuid: string): void {
    this.#get(uuid).deletions += 1;
  }

  /** A customer that was read while changes are under way must be as some change left it, once that was answered. */
  requireKnownState(read: Customer): void {
    const known = this.#customers.get(read.uuid)?.states.get(read.version);
    if (known !== undefined) expect(read).toEqual(known);
  }

  /** Compares with the live customers when nothing is under way. */
  compare(live: readonly Customer[]): void {
    const byUuid = new Map(live.map((customer) => [customer.uuid, customer]));
    expect(byUuid.size).toBe(live.length);
    for (const [uuid, { states, deletions }] of this.#customers) {
      const newest = byUuid.get(uuid);
      const versions = states.size + deletions;
      // Each change made one version: as many as there are, the highest has that number.
      if (newest !== undefined) expect(newest.version, `versions of ${uuid}`).toBe(versions);
      else expect(deletions, `${uuid} is gone`).toBeGreaterThan(0);
      const known = newest === undefined ? undefined : states.get(newest.version);
      if (known !== undefined) expect(newest).toEqual(known);
      byUuid.delete(uuid);
    }
    expect([...byUuid.keys()], 'customers that nobody made').toEqual([]);
  }

  #get(uuid: string): KnownCustomer {
    const known = this.#customers.get(uuid);
    if (known === undefined) throw new Error(`${uuid} was never made`);
    return known;
  }
}
