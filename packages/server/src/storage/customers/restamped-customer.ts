import type { NewCustomer } from '../storage.js';

/** A new customer as if it were made at another time, in milliseconds since 1970. */
export function restampedCustomer<R extends NewCustomer>(row: R, now: number): R {
  const time = new Date(now).toISOString();
  const customer: object = JSON.parse(row.body);
  const body = JSON.stringify({ ...customer, createdAt: time, updatedAt: time });
  return { ...row, createdAt: now, updatedAt: now, body };
}
