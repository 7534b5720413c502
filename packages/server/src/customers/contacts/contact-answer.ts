import type { Contact, Customer, PartnerWarning } from '@countersign/contract';
import { entityTag } from '../../http/entity-tag.js';
import { type Answer, successAnswer } from '../../partner-api/write/answer.js';
import { warningsJson } from '../../partner-api/write/warnings-json.js';

/** What an answer with one contact says beside it. */
export interface ContactAnswerOptions {
  readonly status: 200 | 201;
  readonly message: string;
  readonly warnings: readonly PartnerWarning[];
}

/** The answer with one contact; its entity tag is the customer's, contract §3.2. */
export function contactAnswer(customer: Customer, contact: Contact, options: ContactAnswerOptions): Answer {
  const location = `/partners/customers/${customer.uuid}/contacts/${contact.uuid}`;
  return successAnswer(options.status, {
    message: options.message,
    json: `{"contact":${JSON.stringify(contact)}${warningsJson(options.warnings)}}`,
    headers: { etag: entityTag(customer.version), ...(options.status === 201 ? { location } : {}) },
  });
}
