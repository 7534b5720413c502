import { PartnerError } from '@countersign/contract';
import { successAnswer } from '../../partner-api/write/answer.js';
import { type TeamScope, teamScope } from '../../partner-api/write/verb-request.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import type { Transaction } from '../../storage/storage.js';
import { requireUuid } from '../../validation/uuid.js';
import { appendEvent } from '../../webhooks/outbox/outbox.js';
import { changeCustomer } from '../change-customer.js';
import { nextVersion, withContentsOf } from '../customer-record.js';
import { parseCustomerBody } from '../customer-row.js';
import { customerStore } from '../customer-store.js';
import { findVersion } from '../history/version-store.js';
import { findFirstOfImport, forgetImportChanges, listChangedSince, listUnchangedSince } from './import-change-store.js';
import { findLockedImport, type ImportKey, setImportStatus } from './import-store.js';

/** Customers that one request looks at, so that others need not wait for long. */
const STEP = 100;

/** A customer that stays as it is, and why. */
interface Kept {
  readonly uuid: string;
  readonly reason: 'changed_since' | 'deleted_since' | 'email_already_exists' | 'external_id_already_exists';
}

/**
 * Takes back what an import did and nobody changed since, in steps: call it again while `hasMore`,
 * `POST /partners/imports/{uuid}/undo`, contract §8. The import takes no more writes.
 */
export const undoImport = writeVerb({
  name: 'undo-import',
  scopes: ['customers:write'],
  read: (request) => ({ scope: teamScope(request), uuid: requireUuid(request.params.uuid) }),
  write: async (tx, { scope, uuid }) => {
    const key = { teamId: scope.teamId, uuid };
    const found = await findLockedImport(tx, key);
    if (found === undefined) throw new PartnerError('import_not_found');
    const { undone, kept, hasMore } = await undoStep(tx, { scope, key });
    const status = hasMore ? 'undoing' : 'undone';
    if (status !== found.status) await setImportStatus(tx, { ...key, status });
    return successAnswer(200, {
      message: `${undone} customers are as they were before the import`,
      json: JSON.stringify({ undone, kept, hasMore }),
    });
  },
});

interface Undoing {
  readonly scope: TeamScope;
  readonly key: ImportKey;
}

async function undoStep(tx: Transaction, undoing: Undoing) {
  const { key } = undoing;
  const unchanged = await listUnchangedSince(tx, { ...key, limit: STEP });
  const kept: Kept[] = [];
  let undone = 0;
  for (const customerUuid of unchanged) {
    const reason = await undoCustomer(tx, { ...undoing, customerUuid });
    if (reason === undefined) undone += 1;
    else kept.push({ uuid: customerUuid, reason });
    await forgetImportChanges(tx, { ...key, customerUuid });
  }
  const room = STEP - unchanged.length;
  const changed = room === 0 ? [] : await listChangedSince(tx, { ...key, limit: room });
  for (const customerUuid of changed) {
    const current = await customerStore(tx, undoing.scope).findWithDeleted(customerUuid);
    kept.push({ uuid: customerUuid, reason: (current?.isDeleted ?? true) ? 'deleted_since' : 'changed_since' });
    await forgetImportChanges(tx, { ...key, customerUuid });
  }
  return { undone, kept, hasMore: unchanged.length + changed.length === STEP };
}

// Gives why a customer stays as it is; undefined where it was taken back.
async function undoCustomer(
  tx: Transaction,
  { scope, key, customerUuid }: Undoing & { readonly customerUuid: string },
): Promise<Kept['reason'] | undefined> {
  const store = customerStore(tx, scope);
  const current = await store.findWithDeleted(customerUuid);
  if (current === undefined || current.isDeleted) return 'deleted_since';
  const before = current.customer;
  const now = new Date(tx.now());
  const first = (await findFirstOfImport(tx, { ...key, customerUuid })) ?? before.version;
  const former = await findVersion(tx, { teamId: key.teamId, uuid: customerUuid, version: first - 1 });
  if (former === undefined || former.isDeleted) {
    const after = nextVersion(before, now);
    const { body } = await store.markDeleted({ before, after }, now);
    await appendEvent(tx, { teamId: key.teamId, kind: 'deleted', before, after, body });
    return undefined;
  }
  const after = withContentsOf(before, parseCustomerBody(former.body), now);
  try {
    await tx.attempt(() => changeCustomer(tx, scope, { before, after, action: 'reverted' }));
    return undefined;
  } catch (error) {
    if (!(error instanceof PartnerError)) throw error;
    if (error.code === 'email_already_exists' || error.code === 'external_id_already_exists') return error.code;
    throw error;
  }
}
