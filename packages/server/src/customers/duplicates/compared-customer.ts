import type { Customer } from '@countersign/contract';
import { LRUCache } from 'lru-cache';
import { type MatchKey, matchKeysOf } from './rules/match-keys.js';
import { type Traits, traitsOf } from './rules/traits.js';

/** A stored customer as it is compared with others. */
export interface ComparedCustomer {
  readonly uuid: string;
  readonly customer: string;
  readonly email: string;
  readonly traits: Traits;
  readonly keys: readonly MatchKey[];
}

/** Customers whose traits are kept: those of a few requests. */
const KEPT_CUSTOMERS = 10_000;

const kept = new LRUCache<string, ComparedCustomer>({ max: KEPT_CUSTOMERS });

/** A stored customer as it is compared; what was made of a version is kept, since that takes longer than comparing. */
export function comparedCustomer(stored: {
  readonly uuid: string;
  readonly version: number;
  readonly read: () => Customer;
}): ComparedCustomer {
  const place = `${stored.uuid}.${stored.version}`;
  const known = kept.get(place);
  if (known !== undefined) return known;
  const customer = stored.read();
  const traits = traitsOf(customer);
  const made = {
    uuid: stored.uuid,
    customer: customer.customer,
    email: customer.email,
    traits,
    keys: matchKeysOf(traits),
  };
  kept.set(place, made);
  return made;
}
