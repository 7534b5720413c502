import { type Customer, PartnerError } from '@countersign/contract';
import { appendAudit } from '../../audit/audit-store.js';
import { ensureVersionNamed } from '../../http/entity-tag.js';
import { auditOf, teamScope } from '../../partner-api/write/verb-request.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { requireUuid } from '../../validation/uuid.js';
import { changeCustomer } from '../change-customer.js';
import { customerAnswer } from '../customer-answer.js';
import { withContentsOf } from '../customer-record.js';
import { customerRow, parseCustomerBody } from '../customer-row.js';
import { customerStore } from '../customer-store.js';
import { findVersion } from './version-store.js';

/** Gives a customer the contents of an earlier version, `POST /partners/customers/{uuid}/revert`, contract §7.1. */
export const revertCustomer = writeVerb({
  name: 'revert-customer',
  scopes: ['customers:write'],
  read: (request) => ({
    scope: teamScope(request),
    uuid: requireUuid(request.params.uuid),
    version: requireVersion(request.body()),
    ifMatch: request.ifMatch,
    audit: auditOf(request),
  }),
  write: async (tx, { scope, uuid, version, ifMatch, audit }) => {
    const customer = await customerStore(tx, scope).require(uuid);
    ensureVersionNamed(ifMatch, customer.version);
    const former = await findVersion(tx, { teamId: scope.teamId, uuid, version });
    if (former === undefined || former.isDeleted) throw new PartnerError('version_not_found');
    const after: Customer = withContentsOf(customer, parseCustomerBody(former.body), new Date(tx.now()));
    if (after === customer) return customerAnswer(customerRow(customer), { message: 'Customer is as it was then' });
    const row = await changeCustomer(tx, scope, { before: customer, after, action: 'reverted' });
    await appendAudit(tx, 'customer.reverted', { ...audit, customerUuid: uuid });
    return customerAnswer(row, { message: 'Customer reverted successfully' });
  },
});

/** The largest number that a version can be. */
const LAST_VERSION = 2_147_483_647;

function requireVersion(body: object): number {
  const version: unknown = Reflect.get(body, 'version');
  if (typeof version === 'number' && Number.isInteger(version) && version >= 1 && version <= LAST_VERSION)
    return version;
  const [code, rule] =
    version === undefined ? ['required', 'is required.'] : ['invalid_type', 'must be a whole number from 1 on.'];
  throw new PartnerError('validation_error', undefined, {
    errors: [{ field: 'version', code, message: `version ${rule}` }],
  });
}
