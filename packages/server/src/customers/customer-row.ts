import type { Customer } from '@countersign/contract';
import { emailKey, foldCase } from '../storage/fold-case.js';
import type { NewCustomer } from '../storage/storage.js';

/** A customer as its table row: the object as answered, and what it is found, sorted and counted by. */
export type CustomerRow = NewCustomer;

/** The row of a customer. The body is rendered here, once for all reads. */
export function customerRow(customer: Customer): CustomerRow {
  return {
    uuid: customer.uuid,
    status: customer.status,
    createdAt: Date.parse(customer.createdAt),
    updatedAt: Date.parse(customer.updatedAt),
    version: customer.version,
    nameKey: foldCase(customer.customer),
    emailKey: emailKey(customer.email),
    phoneKey: foldCase(customer.mainPhone ?? ''),
    externalId: customer.externalId,
    body: JSON.stringify(customer),
  };
}

/** The customer of a stored body. */
export function parseCustomerBody(body: string): Customer {
  const customer: Customer = JSON.parse(body);
  return customer;
}
