import type { ContactInput, PartnerWarning } from '@countersign/contract';
import { type TeamScope, teamScope, type VerbRequest } from '../../partner-api/write/verb-request.js';
import { requireValid } from '../../validation/checked.js';
import { requireUuid } from '../../validation/uuid.js';
import { checkContactInput } from '../input/customer-input.js';

/** The customer whose contacts are to change. */
export interface CustomerKey {
  readonly scope: TeamScope;
  readonly customerUuid: string;
  readonly ifMatch: string | undefined;
}

/** The customer in the path of a contact. @throws PartnerError `invalid_uuid` */
export function readCustomer(request: VerbRequest): CustomerKey {
  const { params, ifMatch } = request;
  return { scope: teamScope(request), customerUuid: requireUuid(params.uuid), ifMatch };
}

/** The contact in the path. @throws PartnerError `invalid_uuid` */
export function readContactUuid({ params }: VerbRequest): { readonly contactUuid: string } {
  return { contactUuid: requireUuid(params.contactUuid) };
}

/** The fields of a contact in the body. @throws PartnerError `invalid_json`, `validation_error` */
export function readContact({ body }: VerbRequest): {
  readonly input: ContactInput;
  readonly warnings: readonly PartnerWarning[];
} {
  const { value, warnings } = requireValid(checkContactInput(body()));
  return { input: value, warnings };
}
