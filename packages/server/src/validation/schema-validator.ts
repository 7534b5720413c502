import type { FieldError } from '@countersign/contract';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import type { TSchema } from 'typebox';
import { fieldErrorFromAjv } from './field-error.js';
import { isEmailAddress, isWebsite } from './formats.js';
import { hasOddCharacters } from './odd-characters.js';
import { isUuid } from './uuid.js';

/** Checks a value against a schema and gives every error, none of them twice; an empty list for a valid value. */
export type SchemaValidator = (value: unknown) => FieldError[];

// All errors at once, and nothing in the value is changed: no coercion, no removal, no defaults. `allErrors` has a
// price under attack, so bodies are limited, length comes before contents, and no pattern backtracks.
const ajv = new Ajv({
  allErrors: true,
  coerceTypes: false,
  removeAdditional: false,
  useDefaults: false,
  strict: false,
  // 1e999 is valid JSON and reads as Infinity, which JSON cannot write again.
  strictNumbers: true,
  // An error tells the value, which the sentence on it may depend on.
  verbose: true,
});
ajv.addKeyword({ keyword: 'isStorable', type: 'string', errors: false, validate: isStorable });
ajv.addFormat('email', isEmailAddress);
ajv.addFormat('optional-email', (text: string) => text === '' || isEmailAddress(text));
ajv.addFormat('website', (text: string) => text === '' || isWebsite(text));
ajv.addFormat('uuid', isUuid);
ajv.addFormat('date-time', true);

const NONE: FieldError[] = [];

/** Compiles a schema once, when it is first used: the thread that writes loads the verbs as well, and checks nothing. */
export function schemaValidator(schema: TSchema): SchemaValidator {
  let compiled: ValidateFunction | undefined;
  return (value) => {
    compiled ??= ajv.compile(withGuards(schema));
    return compiled(value) ? NONE : describeErrors(compiled.errors ?? []);
  };
}

function isStorable(_isAsked: boolean, text: string): boolean {
  return !hasOddCharacters(text);
}

/** What is said of the entries of a list or an object, by the keyword that bounds how many there are. */
const ENTRY_KEYWORDS = {
  maxItems: ['items'],
  maxProperties: ['additionalProperties', 'propertyNames'],
} as const;

/**
 * The same schema with what holds for every body: texts have no characters that a database cannot store, and lists and
 * objects are looked into only where they have no more entries than they may. Half a million entries are one error.
 */
function withGuards(schema: object): object {
  const guarded: Record<string, unknown> = Object.fromEntries(
    Object.entries(schema).map(([keyword, value]) => [keyword, inner(value)]),
  );
  if ([guarded.type].flat().includes('string') || 'maxLength' in guarded) guarded.isStorable = true;
  for (const [bound, keywords] of Object.entries(ENTRY_KEYWORDS)) {
    const limit = guarded[bound];
    if (typeof limit !== 'number') continue;
    const contents = keywords.filter((keyword) => keyword in guarded).map((keyword) => [keyword, guarded[keyword]]);
    for (const keyword of keywords) delete guarded[keyword];
    guarded.if = { [bound]: limit };
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    guarded.then = Object.fromEntries(contents);
  }
  return guarded;
}

function inner(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => inner(item));
  return typeof value === 'object' && value !== null ? withGuards(value) : value;
}

/** Errors of one body that are put into words; an answer tells no more, and counts the others. */
const MOST_TOLD = 100;
const UNTOLD: FieldError = { field: '', code: 'untold', message: '' };
/** Keywords that only say that one of those below them failed. */
const SUMMARIES = new Set(['if', 'propertyNames']);

function describeErrors(errors: readonly ErrorObject[]): FieldError[] {
  const mistyped = new Set(errors.filter(({ keyword }) => keyword === 'type').map(({ instancePath }) => instancePath));
  return errors
    .filter(({ keyword, instancePath }) => keyword === 'type' || !mistyped.has(instancePath))
    .filter(({ keyword }) => !SUMMARIES.has(keyword))
    .map((error, index) => (index < MOST_TOLD ? described(error) : UNTOLD));
}

function described(error: ErrorObject): FieldError {
  const { field, code, message } = fieldErrorFromAjv(error);
  return { field, code, message: `${field} ${message}` };
}
