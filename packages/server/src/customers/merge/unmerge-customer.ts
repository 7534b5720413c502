import { PartnerError } from '@countersign/contract';
import { appendAudit } from '../../audit/audit-store.js';
import { ensureVersionNamed, entityTag } from '../../http/entity-tag.js';
import { successAnswer } from '../../partner-api/write/answer.js';
import { auditOf, teamScope } from '../../partner-api/write/verb-request.js';
import { warningsJson } from '../../partner-api/write/warnings-json.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { appendEvent } from '../../webhooks/outbox/outbox.js';
import { changeCustomer } from '../change-customer.js';
import { nextVersion } from '../customer-record.js';
import { customerStore } from '../customer-store.js';
import { lockCustomers, requireKept } from './locked-customers.js';
import { readUnmerge } from './merge-request.js';
import { changeMerge, dropMerge, listMergesInto } from './merge-store.js';
import { takeBack } from './take-back.js';

/** Brings back a customer that was merged, `POST /partners/customers/{uuid}/unmerge`, contract §7.3. */
export const unmergeCustomer = writeVerb({
  name: 'unmerge-customer',
  scopes: ['customers:write'],
  read: (request) => ({
    ...readUnmerge(request),
    // No import takes back half of it.
    scope: { ...teamScope(request), importUuid: undefined },
    audit: auditOf(request),
    ifMatch: request.ifMatch,
  }),
  write: async (tx, { uuid, other, scope, audit, ifMatch, warnings }) => {
    const store = customerStore(tx, scope);
    const found = await lockCustomers(store, [uuid, other]);
    const before = requireKept(found.get(uuid));
    ensureVersionNamed(ifMatch, before.version);
    const merges = await listMergesInto(tx, { teamId: scope.teamId, into: uuid });
    const merge = merges.find((one) => one.uuid === other);
    const gone = found.get(other);
    if (gone === undefined || merge === undefined || gone.mergedInto !== uuid) throw notMerged(other, gone?.mergedInto);
    const later = merges.filter((one) => one.intoVersion > merge.intoVersion);
    const { customer, kept, passedOn } = takeBack(before, { taken: merge.taken, later });
    const now = new Date(tx.now());
    // First, since it may give back an email or an external id.
    const row = await changeCustomer(tx, scope, { before, after: nextVersion(customer, now), action: 'unmerged' });
    const after = nextVersion(gone.customer, now);
    const unmerged = await store.restore({ before: gone.customer, after, action: 'unmerged' });
    await appendEvent(tx, { teamId: scope.teamId, kind: 'created', before: undefined, after, body: unmerged.body });
    for (const heir of passedOn) await changeMerge(tx, heir);
    await dropMerge(tx, merge);
    await appendAudit(tx, 'customer.unmerged', { ...audit, customerUuid: other });
    return successAnswer(200, {
      message: 'Customer unmerged successfully',
      json: `{"customer":${row.body},"unmerged":${unmerged.body},"kept":${JSON.stringify(kept)}${warningsJson(warnings)}}`,
      headers: { etag: entityTag(row.version) },
    });
  },
});

function notMerged(uuid: string, mergedInto: string | undefined): PartnerError {
  const merged = mergedInto === undefined ? {} : { merged: [{ uuid, mergedInto }] };
  const message = `No customer ${uuid} is merged into this one.`;
  return new PartnerError('customer_not_found', message, { details: { uuids: [uuid], ...merged } });
}
