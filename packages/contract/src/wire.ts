export * from './base-string.js';
export * from './error-codes.js';
export * from './partner-error.js';
export * from './webhook-signature.js';
