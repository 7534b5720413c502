import { type Customer, PartnerError } from '@countersign/contract';
import { type AuditOfRequest, appendAudit } from '../../audit/audit-store.js';
import { ensureVersionNamed, entityTag } from '../../http/entity-tag.js';
import { type Answer, successAnswer } from '../../partner-api/write/answer.js';
import { auditOf, type TeamScope, teamScope } from '../../partner-api/write/verb-request.js';
import { warningsJson } from '../../partner-api/write/warnings-json.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import type { Transaction } from '../../storage/storage.js';
import { appendEvent } from '../../webhooks/outbox/outbox.js';
import { changeCustomer } from '../change-customer.js';
import { nextVersion } from '../customer-record.js';
import { customerStore, type FoundCustomer } from '../customer-store.js';
import { undone } from '../undone.js';
import { joinCustomers } from './join-customers.js';
import { lockCustomers, requireKept } from './locked-customers.js';
import { type MergeRequest, readMerge } from './merge-request.js';
import { keepMerge } from './merge-store.js';

interface Merge extends MergeRequest {
  readonly scope: TeamScope;
  readonly audit: AuditOfRequest;
  readonly ifMatch: string | undefined;
}

/** Makes one customer of several, `POST /partners/customers/{uuid}/merge`, contract §7.3. */
export const mergeCustomers = writeVerb({
  name: 'merge-customers',
  scopes: ['customers:write'],
  read: (request): Merge => ({
    ...readMerge(request),
    // No import takes back half of it.
    scope: { ...teamScope(request), importUuid: undefined },
    audit: auditOf(request),
    ifMatch: request.ifMatch,
  }),
  write: (tx, merge) => (merge.isDryRun ? undone(tx, () => mergeAll(tx, merge)) : mergeAll(tx, merge)),
});

async function mergeAll(tx: Transaction, merge: Merge): Promise<Answer> {
  const { uuid, from, fields, scope, audit, ifMatch, isDryRun, warnings } = merge;
  const store = customerStore(tx, scope);
  const found = await lockCustomers(store, [uuid, ...from]);
  const kept = requireKept(found.get(uuid));
  ensureVersionNamed(ifMatch, kept.version);
  const others = requireOthers(from, found);
  const joined = joinCustomers({ kept, others, fields });
  const now = new Date(tx.now());
  for (const [index, other] of others.entries()) {
    const change = { before: other, after: nextVersion(other, now), action: 'merged', mergedInto: uuid } as const;
    const { body } = await store.markDeleted(change, now);
    await appendEvent(tx, { teamId: scope.teamId, kind: 'deleted', ...change, body });
    const taken = joined.taken[index];
    if (taken === undefined) throw new Error('a merge does not tell what it took');
    await keepMerge(tx, { teamId: scope.teamId, uuid: other.uuid, into: uuid, intoVersion: kept.version + 1, taken });
    await appendAudit(tx, 'customer.merged', { ...audit, customerUuid: other.uuid });
  }
  // Last, since it may take an email or an external id of theirs.
  const after = nextVersion(joined.customer, now);
  const row = await changeCustomer(tx, scope, { before: kept, after, action: 'merged' });
  return successAnswer(200, {
    message: isDryRun ? 'Customers would be merged' : 'Customers merged successfully',
    json: `{${isDryRun ? '"dryRun":true,' : ''}"customer":${row.body},"merged":${JSON.stringify(from)}${warningsJson(warnings)}}`,
    headers: { etag: entityTag(isDryRun ? kept.version : row.version) },
  });
}

function requireOthers(from: readonly string[], found: ReadonlyMap<string, FoundCustomer>): Customer[] {
  const others = from.flatMap((uuid) => {
    const other = found.get(uuid);
    return other === undefined || other.isDeleted ? [] : [other.customer];
  });
  const uuids = from.filter((uuid) => !others.some((other) => other.uuid === uuid));
  if (uuids.length === 0) return others;
  const merged = uuids.flatMap((uuid) => {
    const mergedInto = found.get(uuid)?.mergedInto;
    return mergedInto === undefined ? [] : [{ uuid, mergedInto }];
  });
  const message = `Customer not found: ${uuids.join(', ')}.`;
  throw new PartnerError('customer_not_found', message, { details: { uuids, ...(merged.length > 0 && { merged }) } });
}
