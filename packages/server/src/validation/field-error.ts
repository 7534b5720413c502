import type { FieldError } from '@countersign/contract';
import type { ErrorObject } from 'ajv';
import { fieldPath, joinPath } from './field-path.js';

/** The sentence's end for each format that can fail, without the field's name. */
const FORMAT_ERRORS = new Map([
  ['email', { code: 'invalid_email', message: 'must be a valid email address.' }],
  ['optional-email', { code: 'invalid_email', message: 'must be a valid email address.' }],
  ['website', { code: 'invalid_url', message: 'must be a web address; with a protocol it must be http or https.' }],
]);

/** A validator's error as a field error whose message lacks the field's name; undefined for a mere summary of others. */
export function fieldErrorFromAjv(error: ErrorObject): FieldError | undefined {
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
    case 'format':
      return formatError(field, String(error.params.format));
    default:
      return undefined;
  }
}

function formatError(field: string, format: string): FieldError {
  const known = FORMAT_ERRORS.get(format) ?? { code: 'invalid_value', message: `is not a valid ${format}.` };
  return { field, ...known };
}

function propertyNameError(field: string, error: ErrorObject): FieldError | undefined {
  if (error.keyword !== 'maxLength') return undefined;
  const limit = String(error.params.limit);
  const key = [...(error.propertyName ?? '')].slice(0, Number(limit)).join('');
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
