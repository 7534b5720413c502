import type { Customer } from '@countersign/contract';
import { customerNotFound } from '../customer-not-found.js';
import type { CustomerStore, FoundCustomer } from '../customer-store.js';

/**
 * Keeps customers from being changed by others until the transaction ends, in one order whatever the order they are named in:
 * so no two wait for each other.
 */
export async function lockCustomers(
  store: CustomerStore,
  uuids: readonly string[],
): Promise<ReadonlyMap<string, FoundCustomer>> {
  const found = new Map<string, FoundCustomer>();
  for (const uuid of [...uuids].sort()) {
    const one = await store.findWithDeleted(uuid);
    if (one !== undefined) found.set(uuid, one);
  }
  return found;
}

/** The customer in the path. @throws PartnerError `customer_not_found` */
export function requireKept(found: FoundCustomer | undefined): Customer {
  if (found === undefined || found.isDeleted) throw customerNotFound(found?.mergedInto);
  return found.customer;
}
