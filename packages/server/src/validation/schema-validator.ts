import type { FieldError } from '@countersign/contract';
import { Ajv, type ErrorObject } from 'ajv';
import type { TSchema } from 'typebox';
import { fieldErrorFromAjv } from './field-error.js';
import { joinPath } from './field-path.js';
import { isEmailAddress, isWebsite } from './formats.js';

/** Checks a value against a schema and gives every error, none of them twice; an empty list for a valid value. */
export type SchemaValidator = (value: unknown, basePath?: string) => FieldError[];

// All errors at once, and nothing in the value is changed: no coercion, no removal, no defaults. `allErrors` has a
// price under attack, so bodies are limited, arrays have maxItems, and no pattern backtracks.
const ajv = new Ajv({
  allErrors: true,
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: false,
  strict: false,
  // 1e999 is valid JSON and reads as Infinity, which JSON cannot write again.
  strictNumbers: true,
});
ajv.addFormat('email', isEmailAddress);
ajv.addFormat('optional-email', (text: string) => text === '' || isEmailAddress(text));
ajv.addFormat('website', (text: string) => text === '' || isWebsite(text));
ajv.addFormat('date-time', true);

const NONE: FieldError[] = [];

/** Compiles a schema once, at start. */
export function schemaValidator(schema: TSchema): SchemaValidator {
  const isValid = ajv.compile(schema);
  return (value, basePath = '') => {
    if (isValid(value)) return NONE;
    return describeErrors(isValid.errors ?? [], basePath);
  };
}

function describeErrors(errors: readonly ErrorObject[], basePath: string): FieldError[] {
  const mistyped = new Set(errors.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath));
  return errors
    .filter(({ keyword, instancePath }) => keyword === 'type' || !mistyped.has(instancePath))
    .map((error) => fieldErrorFromAjv(error))
    .filter((error) => error !== undefined)
    .map((error) => {
      const field = joinPath(basePath, error.field);
      return { field, code: error.code, message: `${field} ${error.message}` };
    });
}
