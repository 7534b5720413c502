import { PartnerError } from '@countersign/contract';

const UUID_FORM = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a value is a UUID in its usual form, of any version and case. */
export function isUuid(value: unknown): value is string {
  return typeof value === 'string' && UUID_FORM.test(value);
}

/** A UUID from the path, in lower case. @throws PartnerError `invalid_uuid` */
export function requireUuid(text: string | undefined): string {
  if (!isUuid(text)) throw new PartnerError('invalid_uuid');
  return text.toLowerCase();
}
