import type { PartnerWarning } from '@countersign/contract';
import { joinPath } from './field-path.js';

/** Fields of an answer that a caller may send back; they are made by the server. */
const READ_ONLY = new Set([
  'uuid',
  'id',
  'createdAt',
  'updatedAt',
  'version',
  'hasSigningSecret',
  'failingSince',
  'disabledReason',
  '_partnerWarnings',
]);

/** Fields of a body that are not used; nothing is dropped silently, contract §3.1. */
export function unusedFields(body: object, path: string, used: ReadonlySet<string>): PartnerWarning[] {
  const warnings: PartnerWarning[] = [];
  for (const name of Object.keys(body)) {
    if (!used.has(name)) warnings.push(unusedField(joinPath(path, name.toWellFormed()), name));
  }
  return warnings;
}

function unusedField(field: string, name: string): PartnerWarning {
  return READ_ONLY.has(name)
    ? { field, reason: 'read_only_field', message: `${field} is set by the server and was ignored.` }
    : { field, reason: 'unknown_field', message: `${field} is not a field of this object and was ignored.` };
}

/** An object with only those of its fields that are used. */
export function picked(body: object, fields: ReadonlySet<string>): object {
  return Object.fromEntries(Object.entries(body).filter(([name]) => fields.has(name)));
}
