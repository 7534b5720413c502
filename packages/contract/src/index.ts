export * from './base-string.js';
export * from './customer-schema.js';
export * from './envelope.js';
export * from './error-codes.js';
export * from './list-query.js';
export * from './partner-error.js';
export * from './webhook-event.js';
export * from './webhook-signature.js';
