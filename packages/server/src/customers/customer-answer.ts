import { PartnerError, type PartnerWarning, type UpsertOutcome } from '@countersign/contract';
import { entityTag } from '../http/entity-tag.js';
import { type Answer, successAnswer } from '../partner-api/write/answer.js';
import { warningsJson } from '../partner-api/write/warnings-json.js';
import type { StoredBody } from './customer-store.js';

/** What an answer with one customer says beside it. */
export interface CustomerAnswerOptions {
  readonly status?: number;
  readonly message: string;
  /** The UUID to put into `Location`, for a customer that was made. */
  readonly locationUuid?: string;
  readonly warnings?: readonly PartnerWarning[];
  readonly outcome?: UpsertOutcome;
}

/** The answer with one customer; its stored body goes out as it is, contract §2. */
export function customerAnswer({ body, version }: StoredBody, options: CustomerAnswerOptions): Answer {
  const outcome = options.outcome === undefined ? '' : `,"outcome":"${options.outcome}"`;
  return successAnswer(options.status ?? 200, {
    message: options.message,
    json: `{"customer":${body}${outcome}${warningsJson(options.warnings)}}`,
    headers: {
      etag: entityTag(version),
      ...(options.locationUuid === undefined ? {} : { location: `/partners/customers/${options.locationUuid}` }),
    },
  });
}

/** The answer of a read of one customer. @throws PartnerError `customer_not_found` */
export function foundCustomerAnswer(found: StoredBody | undefined): Answer {
  if (found === undefined) throw new PartnerError('customer_not_found');
  return customerAnswer(found, { message: 'Customer retrieved successfully' });
}
