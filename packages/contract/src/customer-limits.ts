/** Lengths and counts of the customer object, in Unicode code points, items and bytes, contract §3.1. */
export const CUSTOMER_LIMITS = {
  text: 255,
  phone: 50,
  notes: 5000,
  contacts: 100,
  taxes: 100,
  metadataKeys: 50,
  metadataKeyLength: 40,
  metadataValueLength: 500,
  /** Of the whole object as answered, in bytes of JSON. */
  bytes: 65_536,
  bulkRows: 100,
  merged: 10,
  search: 255,
  page: 10_000,
  pageSize: 100,
} as const;

/** Fields a list of customers can be sorted by, contract §3.2. */
export const CUSTOMER_ORDERS = ['customer', 'email', 'createdAt', 'updatedAt'] as const;

/** A field a list of customers can be sorted by. */
export type CustomerOrder = (typeof CUSTOMER_ORDERS)[number];

/** Counts of what is told of duplicates, contract §7.2. */
export const DUPLICATE_LIMITS = {
  /** Stored customers that are told of for one. */
  candidates: 5,
  /** Customers of one group that are told of. */
  groupMembers: 20,
  /** Customers that are declared to be different in one request. */
  declared: 100,
} as const;

/** Why two customers may be the same, contract §7.2. */
export const DUPLICATE_REASONS = [
  'email',
  'externalId',
  'phone',
  'name',
  'similar_name',
  'website',
  'contact',
] as const;

/** Why two customers may be the same. */
export type DuplicateReason = (typeof DUPLICATE_REASONS)[number];
