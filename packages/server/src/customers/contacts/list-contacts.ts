import { entityTag } from '../../http/entity-tag.js';
import { type Answer, successAnswer } from '../../partner-api/write/answer.js';
import { parseCustomerBody } from '../customer-row.js';
import type { StoredBody } from '../customer-store.js';

/** The contacts of a customer, `GET /partners/customers/{uuid}/contacts`, contract §3.2. */
export function listContacts(found: StoredBody): Answer {
  const { contacts } = parseCustomerBody(found.body);
  return successAnswer(200, {
    message: 'Contacts retrieved successfully',
    json: JSON.stringify({ contacts }),
    headers: { etag: entityTag(found.version) },
  });
}
