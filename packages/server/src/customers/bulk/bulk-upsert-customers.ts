import { PartnerError } from '@countersign/contract';
import type { TeamScope } from '../../partner-api/write/verb-request.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { refusalOf } from '../../refusal.js';
import { emailKey } from '../../storage/customers/email-key.js';
import type { Transaction } from '../../storage/storage.js';
import { creationEvent } from '../../webhooks/outbox/outbox.js';
import { newCustomer } from '../customer-record.js';
import { requireCustomerRow } from '../customer-row.js';
import { customerStore } from '../customer-store.js';
import { createOrUpdate } from '../upsert/upsert-customer.js';
import type { UpsertRow } from '../upsert/upsert-request.js';
import { readBulkUpsert } from './bulk-request.js';
import { type RowResult, writeBulk } from './write-bulk.js';

/** Creates or updates up to 100 customers, `PUT /partners/customers/bulk`, contract §3.2. */
export const bulkUpsertCustomers = writeVerb({
  name: 'bulk-upsert-customers',
  scopes: ['customers:write'],
  read: readBulkUpsert,
  write: (tx, request) =>
    writeBulk(request, {
      tx,
      done: 'created or updated',
      outcome: 'updated',
      storeAll: async (rows) => {
        const created = await createNew(tx, request.scope, rows);
        const results: RowResult[] = [];
        for (const row of rows) {
          const body = created.get(row);
          results.push(body === undefined ? await upsertRow(tx, request.scope, row) : { body, outcome: 'created' });
        }
        return results;
      },
    }),
});

// Most rows of an import are new, and are stored in one go. Whatever is in the way of one is found when it comes to it; one whose
// key an earlier row has comes after that.
async function createNew(
  tx: Transaction,
  scope: TeamScope,
  rows: readonly UpsertRow[],
): Promise<ReadonlyMap<UpsertRow, string>> {
  const now = new Date(tx.now());
  const keys = new Set<string>();
  const news = rows.flatMap((row) => {
    const key = keyOf(row);
    const made = keys.has(key) ? undefined : rowOf(row, now);
    keys.add(key);
    return made === undefined ? [] : [{ row, made }];
  });
  const stored = await customerStore(tx, scope).insertNew(
    news.map(({ made }) => made),
    creationEvent(scope.teamId),
  );
  return new Map(
    news.flatMap(({ row, made }) => {
      const body = stored.get(made.uuid)?.body;
      return body === undefined ? [] : [[row, body] as const];
    }),
  );
}

function keyOf({ by }: UpsertRow): string {
  return 'email' in by ? emailKey(by.email) : by.externalId;
}

function rowOf({ creation }: UpsertRow, now: Date) {
  if ('errors' in creation) return undefined;
  try {
    return requireCustomerRow(newCustomer(creation.input, now));
  } catch (error) {
    // Told when the row is looked at by itself: it may still be an update.
    if (error instanceof PartnerError) return undefined;
    throw error;
  }
}

// Each row is undone by itself.
async function upsertRow(tx: Transaction, scope: TeamScope, row: UpsertRow): Promise<RowResult> {
  try {
    const { stored, outcome } = await tx.attempt(() => createOrUpdate(tx, { scope, ifMatch: undefined, ...row }));
    return { body: stored.body, outcome };
  } catch (error) {
    if (!(error instanceof PartnerError)) throw error;
    return { refusal: refusalOf(error) };
  }
}
