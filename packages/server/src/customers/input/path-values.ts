import { CUSTOMER_LIMITS, PartnerError } from '@countersign/contract';
import { isEmailAddress } from '../../validation/formats.js';
import { hasOddCharacters } from '../../validation/odd-characters.js';

/** An external id from the path. @throws PartnerError `validation_error` */
export function requireExternalId(text: string): string {
  if (text !== '' && [...text].length <= CUSTOMER_LIMITS.text && !hasOddCharacters(text)) return text;
  throw pathError('externalId', 'must be 1 to 255 characters.');
}

/** An email address from the path. @throws PartnerError `validation_error` */
export function requireEmail(text: string): string {
  const isUsable = [...text].length <= CUSTOMER_LIMITS.text && !hasOddCharacters(text) && isEmailAddress(text);
  if (isUsable) return text;
  throw pathError('email', 'must be a valid email address.');
}

function pathError(field: string, rule: string): PartnerError {
  const message = `${field} in the path ${rule}`;
  return new PartnerError('validation_error', undefined, { errors: [{ field, code: 'invalid_value', message }] });
}
