import { randomBytes } from 'node:crypto';
import type { CustomerInput } from '@countersign/contract';

/** A text that no other test uses. */
export function uniqueText(prefix = 'x'): string {
  return `${prefix}${randomBytes(8).toString('hex')}`;
}

/** An email address that no other test uses. */
export function uniqueEmail(): string {
  return `${uniqueText('mail-')}@acme.example`;
}

/** The required fields of a customer with an email of its own, and whatever a test adds. */
export function smallCustomer<T extends object>(fields?: T): CustomerInput & T {
  return { customer: 'Acme Trading', email: uniqueEmail(), ...fields } as CustomerInput & T;
}
