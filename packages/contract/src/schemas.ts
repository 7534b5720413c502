export * from './customer-schema.js';
export * from './duplicate-schema.js';
export * from './envelope.js';
export * from './erasure-schema.js';
export * from './history-schema.js';
export * from './list-query.js';
export * from './webhook-event.js';
export * from './webhook-schema.js';
