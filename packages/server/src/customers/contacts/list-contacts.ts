import { entityTag } from '../../http/entity-tag.js';
import { successAnswer } from '../../partner-api/write/answer.js';
import { readVerb } from '../../partner-api/write/read-verb.js';
import { requireUuid } from '../../validation/uuid.js';
import { parseCustomerBody } from '../customer-row.js';
import { customerReader } from '../customer-store.js';

/** The contacts of a customer, `GET /partners/customers/{uuid}/contacts`, contract §3.2. */
export const listContacts = readVerb({
  scopes: ['customers:read'],
  read: ({ caller, params }) => ({ teamId: caller.team.id, uuid: requireUuid(params.uuid) }),
  answer: async ({ storage }, { teamId, uuid }) => {
    const found = await customerReader(storage, teamId).requireByUuid(uuid);
    const { contacts } = parseCustomerBody(found.body);
    return successAnswer(200, {
      message: 'Contacts retrieved successfully',
      json: JSON.stringify({ contacts }),
      headers: { etag: entityTag(found.version) },
    });
  },
});
