import { PartnerError } from '@countersign/contract';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { refusalOf } from '../../refusal.js';
import type { Transaction } from '../../storage/storage.js';
import { applyPatch, type PatchOfCustomer } from '../apply-patch.js';
import { readBulkUpdate } from './bulk-request.js';
import { type RowResult, writeBulk } from './write-bulk.js';

/** Changes up to 100 customers, `PATCH /partners/customers/bulk`, contract §3.2. */
export const bulkUpdateCustomers = writeVerb({
  name: 'bulk-update-customers',
  scopes: ['customers:write'],
  read: readBulkUpdate,
  write: (tx, request) =>
    writeBulk(request, {
      tx,
      done: 'updated',
      outcome: 'updated',
      storeAll: async (patches) => {
        const results: RowResult[] = [];
        for (const { uuid, patch } of patches) {
          results.push(await updateRow(tx, { scope: request.scope, uuid, patch, ifMatch: undefined }));
        }
        return results;
      },
    }),
});

// Each row is undone by itself.
async function updateRow(tx: Transaction, patch: PatchOfCustomer): Promise<RowResult> {
  try {
    return { body: (await tx.attempt(() => applyPatch(tx, patch))).body };
  } catch (error) {
    if (!(error instanceof PartnerError)) throw error;
    return { refusal: refusalOf(error) };
  }
}
