import type { FieldError } from '@countersign/contract';
import type { ErrorObject } from 'ajv';
import { fieldPath, joinPath, shortName } from './field-path.js';
import { hasUnseenCharacters } from './formats.js';

const EMAIL_ERROR = { code: 'invalid_email', message: 'must be a valid email address.' };
const UNSEEN_ERROR = {
  code: 'invalid_email',
  message: 'must be a valid email address, without spaces and characters that cannot be seen.',
};

/** The sentence's end for each format that can fail, without the field's name. */
const FORMAT_ERRORS = new Map([
  ['email', EMAIL_ERROR],
  ['optional-email', EMAIL_ERROR],
  ['uuid', { code: 'invalid_uuid', message: 'must be a UUID.' }],
  ['website', { code: 'invalid_url', message: 'must be a web address; with a protocol it must be http or https.' }],
]);

/** A validator's error as a field error whose message lacks the field's name. */
export function fieldErrorFromAjv(error: ErrorObject): FieldError {
  const field = fieldPath(error.instancePath);
  if (error.propertyName !== undefined) return propertyNameError(field, error);
  const limit = String(error.params.limit);
  switch (error.keyword) {
    case 'required':
      return {
        field: joinPath(field, String(error.params.missingProperty)),
        code: 'required',
        message: 'is required.',
      };
    case 'type':
      return { field, code: 'invalid_type', message: `must be ${typeNames(error.params.type)}.` };
    case 'enum':
      return { field, code: 'invalid_value', message: `must be one of: ${listOf(error.params.allowedValues)}.` };
    case 'minLength':
    case 'minItems':
      return { field, code: 'empty', message: 'must not be empty.' };
    case 'maxLength':
      return { field, code: 'too_long', message: `must be at most ${limit} characters.` };
    case 'minimum':
      return { field, code: 'invalid_value', message: `must be at least ${limit}.` };
    case 'maximum':
      return { field, code: 'invalid_value', message: `must be at most ${limit}.` };
    case 'maxItems':
      return { field, code: 'too_many_items', message: `must have at most ${limit} entries.` };
    case 'maxProperties':
      return { field, code: 'too_many_keys', message: `must have at most ${limit} keys.` };
    case 'isStorable':
      return { field, ...UNSTORABLE };
    case 'format':
      return formatError(field, String(error.params.format), error.data);
    default:
      throw new Error(`no words for the keyword ${error.keyword}`);
  }
}

const UNSTORABLE = { code: 'invalid_characters', message: 'must not contain NUL or half of a surrogate pair.' };

function formatError(field: string, format: string, value: unknown): FieldError {
  if (isUnseen(format, value)) return { field, ...UNSEEN_ERROR };
  const known = FORMAT_ERRORS.get(format) ?? { code: 'invalid_value', message: `is not a valid ${format}.` };
  return { field, ...known };
}

// A person who reads the address sees nothing wrong with it.
function isUnseen(format: string, value: unknown): boolean {
  return FORMAT_ERRORS.get(format) === EMAIL_ERROR && typeof value === 'string' && hasUnseenCharacters(value);
}

function propertyNameError(field: string, { keyword, params, propertyName = '' }: ErrorObject): FieldError {
  if (keyword === 'isStorable') return { field: joinPath(field, shortName(propertyName)), ...UNSTORABLE };
  const limit = Number(params.limit);
  // A character has two units at most.
  const key = [...propertyName.slice(0, 2 * limit)].slice(0, limit).join('').toWellFormed();
  return {
    field: joinPath(field, `${key}…`),
    code: 'key_too_long',
    message: `is a key of more than ${limit} characters.`,
  };
}

function typeNames(type: unknown): string {
  const names = Array.isArray(type) ? type.map(String) : [String(type)];
  return names.map((name) => (name === 'null' ? 'null' : `${/^[aeiou]/.test(name) ? 'an' : 'a'} ${name}`)).join(' or ');
}

function listOf(values: unknown): string {
  return Array.isArray(values) ? values.join(', ') : '';
}
