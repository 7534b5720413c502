import { randomUUID } from 'node:crypto';
import { CUSTOMER_LIMITS, type FieldError, PartnerError } from '@countersign/contract';
import { teamScope } from '../../partner-api/write/verb-request.js';
import { writeVerb } from '../../partner-api/write/write-verb.js';
import { importAnswer } from './import-answer.js';
import { findImport, insertImport } from './import-store.js';

/** The largest number of rows that is told beforehand. */
const MOST_ROWS = 2_147_483_647;

/** Names a batch of writes, `POST /partners/imports`, contract §8. */
export const createImport = writeVerb({
  name: 'create-import',
  scopes: ['customers:write'],
  read: (request) => {
    const { teamId, author } = teamScope(request);
    return { teamId, author, uuid: randomUUID(), ...parseImport(request.body()), createdAt: request.now().getTime() };
  },
  write: async (tx, made) => {
    await insertImport(tx, made);
    return importAnswer(tx, await findImport(tx, made), { status: 201, message: 'Import created successfully' });
  },
});

function parseImport(body: object): { readonly name: string; readonly total: number | null } {
  const errors: FieldError[] = [];
  const refuse = (field: string, code: string, rule: string) => {
    errors.push({ field, code, message: `${field} ${rule}` });
  };
  const name: unknown = Reflect.get(body, 'name');
  const total: unknown = Reflect.get(body, 'total') ?? null;
  if (name === undefined) refuse('name', 'required', 'is required.');
  else if (typeof name !== 'string') refuse('name', 'invalid_type', 'must be a string.');
  else if (name.trim() === '' || [...name.trim()].length > CUSTOMER_LIMITS.text) {
    refuse('name', 'invalid_length', `must be 1 to ${CUSTOMER_LIMITS.text} characters.`);
  } else if (name.includes('\0') || !name.isWellFormed()) {
    refuse('name', 'invalid_characters', 'must not contain NUL or lone surrogates.');
  }
  if (total !== null && !(Number.isInteger(total) && Number(total) >= 0 && Number(total) <= MOST_ROWS)) {
    refuse('total', 'invalid_value', 'must be a whole number from 0 on, or null.');
  }
  if (errors.length > 0 || typeof name !== 'string') {
    throw new PartnerError('validation_error', undefined, { errors });
  }
  return { name: name.trim(), total: total === null ? null : Number(total) };
}
