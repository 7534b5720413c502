import type { PartnerWarning } from '@countersign/contract';
import { partnerCommand } from '../partner-api/write/partner-command.js';
import { customerAnswer } from './customer-answer.js';
import type { CustomerRow } from './customer-row.js';
import { customerStore } from './customer-store.js';

/** A new customer, rendered and ready to store. */
export interface CreateCustomer {
  readonly teamId: number;
  readonly row: CustomerRow;
  readonly warnings: readonly PartnerWarning[];
}

/** Stores a new customer with its addresses and contacts, `POST /partners/customers`, contract §3.2. */
export const createCustomer = partnerCommand<CreateCustomer>(
  'create-customer',
  async (tx, { teamId, row, warnings }) => {
    const stored = await customerStore(tx, teamId).insert(row);
    return customerAnswer(stored, {
      status: 201,
      message: 'Customer created successfully',
      locationUuid: stored.uuid,
      warnings,
    });
  },
  { isOneStatement: true },
);
