import type { Customer } from './customer-schema.js';

/** Fields that a merge can be told whose value to take, contract §7.3; contacts are always joined. */
export const MERGE_FIELDS = [
  'customer',
  'email',
  'mainPhone',
  'website',
  'status',
  'billingAddress',
  'shippingAddress',
  'notes',
  'paymentTerm',
  'taxNumber',
  'taxAutoCalculate',
  'taxExcluded',
  'taxes',
  'externalId',
  'metadata',
] as const satisfies readonly (keyof Customer)[];

/** A field that a merge can be told whose value to take. */
export type MergeField = (typeof MERGE_FIELDS)[number];
