import { PartnerError } from '@countersign/contract';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { refusalOf } from '../../refusal.js';
import { creationEvent } from '../../webhooks/outbox/outbox.js';
import { customerStore } from '../customer-store.js';
import { readBulkCreate } from './bulk-request.js';
import { writeBulk } from './write-bulk.js';

/** Stores up to 100 new customers, `POST /partners/customers/bulk`, contract §3.2. */
export const bulkCreateCustomers = writeVerb({
  name: 'bulk-create-customers',
  scopes: ['customers:write'],
  read: readBulkCreate,
  write: (tx, request) =>
    writeBulk(request, {
      tx,
      done: 'created',
      outcome: 'created',
      storeAll: async (rows) => {
        const { scope } = request;
        const outcomes = await customerStore(tx, scope).insertAll(rows, creationEvent(scope.teamId));
        return outcomes.map((outcome) => (outcome instanceof PartnerError ? { refusal: refusalOf(outcome) } : outcome));
      },
    }),
});
