// Without the schemas, whose library takes longer to load than all the rest: threads and commands do without them.
export * from './base-string.js';
export * from './customer-limits.js';
export type * from './customer-schema.js';
export type * from './duplicate-schema.js';
export type * from './envelope.js';
export type * from './erasure-schema.js';
export * from './error-codes.js';
export type * from './history-schema.js';
export type * from './import-schema.js';
export type * from './list-query.js';
export * from './merge-fields.js';
export type * from './merge-schema.js';
export * from './partner-error.js';
export * from './told-faults.js';
export type * from './webhook-event.js';
export * from './webhook-limits.js';
export type * from './webhook-schema.js';
export * from './webhook-signature.js';
