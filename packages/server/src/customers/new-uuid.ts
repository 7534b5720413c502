import { randomBytes, randomUUID } from 'node:crypto';

/** Customers that share the first two bytes of their UUID. */
const CUSTOMERS_PER_PREFIX = 4096;

let prefix = '0000';
let uses = CUSTOMERS_PER_PREFIX;

/** A random UUID, version 4 (RFC 9562 §5.4). */
export function newUuid(): string {
  return randomUUID();
}

/**
 * A UUID for a customer: version 4, all random, with one concession to the disk. Its first two bytes are drawn anew
 * only every 4,096 customers, so that customers made together stand together in the index by UUID. 106 of its 122 bits
 * are its own, and it tells nothing of when it was made.
 */
export function newCustomerUuid(): string {
  if (uses === CUSTOMERS_PER_PREFIX) {
    prefix = randomBytes(2).toString('hex');
    uses = 0;
  }
  uses += 1;
  return prefix + randomUUID().slice(4);
}
