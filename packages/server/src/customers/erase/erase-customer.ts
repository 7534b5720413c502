import { PartnerError } from '@countersign/contract';
import { appendAudit } from '../../audit/audit-store.js';
import { type Answer, successAnswer } from '../../partner-api/write/answer.js';
import { auditOf, teamScope } from '../../partner-api/write/verb-request.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { requireUuid } from '../../validation/uuid.js';
import { appendEvent, forgetEvents } from '../../webhooks/outbox/outbox.js';
import { nextVersion } from '../customer-record.js';
import { parseCustomerBody } from '../customer-row.js';
import { type ErasedBody, isErased, parseErasedBody } from './erased-body.js';
import { deleteBesideRow, eraseCustomerRow, findToErase, listNames } from './erasure-store.js';
import { eraseAnswers } from './kept-answer-store.js';
import { lockWithKeepers, takeFromKeepers } from './take-from-keepers.js';

/**
 * Leaves nothing of a customer but that it was erased, `POST /partners/customers/{uuid}/erase`, contract §7.4. The answer is
 * given once what was deleted is overwritten.
 */
export const eraseCustomer = writeVerb({
  name: 'erase-customer',
  scopes: ['customers:write'],
  leavesNothing: true,
  read: (request) => ({
    teamId: request.caller.team.id,
    uuid: requireUuid(request.params.uuid),
    scope: { ...teamScope(request), importUuid: undefined },
    by: auditOf(request),
  }),
  write: async (tx, { teamId, uuid, scope, by }) => {
    const keepers = await lockWithKeepers(tx, { scope, uuid });
    const found = await findToErase(tx, { teamId, uuid });
    if (found === undefined) throw new PartnerError('customer_not_found');
    if (isErased(found.body)) return erasedAnswer('Customer is erased already', parseErasedBody(found.body));
    const before = parseCustomerBody(found.body);
    const now = new Date(tx.now());
    const after = nextVersion(before, now);
    const taken = await takeFromKeepers(tx, { scope, uuid, keepers });
    const names = await listNames(tx, teamId, before);
    for (const contact of taken.contacts) names.uuids.add(contact.uuid);
    await eraseAnswers(tx, teamId, { ...names, keepers: taken.keepers });
    await forgetEvents(tx, { teamId, uuid });
    await deleteBesideRow(tx, { teamId, uuid });
    if (found.deletedAt === null) await tx.moveCount({ teamId, from: before.status, to: null });
    await eraseCustomerRow(tx, { teamId, ...after, deletedAt: found.deletedAt ?? now.getTime() });
    await appendEvent(tx, { teamId, kind: 'deleted', before, after, body: '', isErased: true });
    await appendAudit(tx, 'customer.erased', { ...by, customerUuid: uuid });
    return erasedAnswer('Customer erased successfully', after);
  },
});

function erasedAnswer(message: string, { uuid, updatedAt }: Pick<ErasedBody, 'uuid' | 'updatedAt'>): Answer {
  return successAnswer(200, {
    message,
    json: JSON.stringify({ uuid, id: uuid, erased: true, erasedAt: updatedAt }),
  });
}
