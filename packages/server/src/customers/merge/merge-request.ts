import { type FieldError, MERGE_FIELDS, type MergeInput, type PartnerWarning } from '@countersign/contract';
import { MergeInputSchema, UnmergeInputSchema } from '@countersign/contract/schemas';
import type { VerbRequest } from '../../partner-api/write/verb-request.js';
import { checkBody } from '../../validation/check-body.js';
import { requireValid } from '../../validation/checked.js';
import { shortName } from '../../validation/field-path.js';
import { schemaValidator } from '../../validation/schema-validator.js';
import { picked } from '../../validation/unused-fields.js';
import { requireUuid } from '../../validation/uuid.js';
import type { Joining } from './joining.js';

/** A merge as it is asked for; UUIDs in lower case. */
export interface MergeRequest {
  /** The one that stays. */
  readonly uuid: string;
  readonly from: readonly string[];
  readonly fields: Joining['fields'];
  readonly isDryRun: boolean;
  readonly warnings: readonly PartnerWarning[];
}

/** An unmerge as it is asked for; UUIDs in lower case. */
export interface UnmergeRequest {
  /** The one that stays. */
  readonly uuid: string;
  /** The one to bring back. */
  readonly other: string;
  readonly warnings: readonly PartnerWarning[];
}

const BODY_FIELDS = new Set(['from', 'fields', 'dryRun']);
const UNMERGE_FIELDS = new Set(['uuid']);
const CHOICES: ReadonlySet<string> = new Set(MERGE_FIELDS);

const mergeShapeErrors = schemaValidator(MergeInputSchema);
const unmergeShapeErrors = schemaValidator(UnmergeInputSchema);

/** What a merge request asks for. @throws PartnerError `invalid_uuid`, `validation_error` with all that is wrong */
export function readMerge(request: VerbRequest): MergeRequest {
  const uuid = requireUuid(request.params.uuid);
  const { value, warnings } = requireValid(
    checkBody<MergeInput>(request.body(), {
      errorsOf: (body) => [...mergeShapeErrors(body), ...choiceErrors(body), ...partErrors(body, uuid)],
      noteUnused: (body, path, unused) => unused.note(body, path, BODY_FIELDS),
      used: (body) => picked(body, BODY_FIELDS),
    }),
  );
  const { from, fields = {}, dryRun = false } = value;
  const chosen = Object.entries(fields).map(([field, of]) => [field, of.toLowerCase()]);
  return {
    uuid,
    from: from.map((other) => other.toLowerCase()),
    fields: Object.fromEntries(chosen),
    isDryRun: dryRun,
    warnings,
  };
}

/** What an unmerge request asks for. @throws PartnerError `invalid_uuid`, `validation_error` */
export function readUnmerge(request: VerbRequest): UnmergeRequest {
  const uuid = requireUuid(request.params.uuid);
  const { value, warnings } = requireValid(
    checkBody<{ uuid: string }>(request.body(), {
      errorsOf: unmergeShapeErrors,
      noteUnused: (body, path, unused) => unused.note(body, path, UNMERGE_FIELDS),
      used: (body) => picked(body, UNMERGE_FIELDS),
    }),
  );
  return { uuid, other: value.uuid.toLowerCase(), warnings };
}

// Fields that nobody can be named for.
function choiceErrors(body: object): FieldError[] {
  const unknown = Object.keys(objectIn(body, 'fields')).filter((field) => !CHOICES.has(field));
  return unknown.map((name) => {
    const field = `fields.${shortName(name)}`;
    return { field, code: 'invalid_value', message: `${field} is not a field that can be taken from one of them.` };
  });
}

// Customers that are named twice, and choices of customers that are not part of it.
function partErrors(body: object, uuid: string): FieldError[] {
  const from: unknown = Reflect.get(body, 'from');
  if (!Array.isArray(from)) return [];
  const parts = new Set<unknown>([uuid]);
  const errors: FieldError[] = [];
  for (const [index, part] of from.map(lowerCase).entries()) {
    const message = `from[${index}] names a customer that is part of the merge already.`;
    if (parts.has(part)) errors.push({ field: `from[${index}]`, code: 'duplicate', message });
    parts.add(part);
  }
  for (const [name, of] of Object.entries(objectIn(body, 'fields'))) {
    if (!CHOICES.has(name) || typeof of !== 'string' || parts.has(lowerCase(of))) continue;
    const message = `fields.${name} must be the customer in the path or one of from.`;
    errors.push({ field: `fields.${name}`, code: 'invalid_value', message });
  }
  return errors;
}

function lowerCase(value: unknown): unknown {
  return typeof value === 'string' ? value.toLowerCase() : value;
}

function objectIn(body: object, name: string): object {
  const value: unknown = Reflect.get(body, name);
  return typeof value === 'object' && value !== null ? value : {};
}
