import {
  type FieldError,
  signingKeyText,
  WEBHOOK_LIMITS,
  type WebhookInput,
  type WebhookPatch,
} from '@countersign/contract';
import { RedeliverInputSchema, WebhookInputSchema, WebhookPatchSchema } from '@countersign/contract/schemas';
import type { TSchema } from 'typebox';
import type { Checked } from '../../validation/checked.js';
import { parseTime, timeRule } from '../../validation/iso-time.js';
import { type SchemaValidator, schemaValidator } from '../../validation/schema-validator.js';
import { picked, UnusedFields } from '../../validation/unused-fields.js';
import { type CallbackProblem, checkCallbackUrl } from './callback-address.js';
import type { CallbackHostOptions } from './callback-host.js';

interface BodyRules {
  readonly isShaped: SchemaValidator;
  readonly fields: ReadonlySet<string>;
}

const rulesOf = (schema: TSchema & { readonly properties: Readonly<Record<string, TSchema>> }): BodyRules => ({
  isShaped: schemaValidator(schema),
  fields: new Set(Object.keys(schema.properties)),
});

const inputRules = rulesOf(WebhookInputSchema);
const patchRules = rulesOf(WebhookPatchSchema);
const redeliverRules = rulesOf(RedeliverInputSchema);

/** Checks a subscription to make, and looks its callback address up, contract §5. */
export function checkWebhookInput(body: object, hosts: CallbackHostOptions): Promise<Checked<WebhookInput>> {
  return checkWithAddress<WebhookInput>(body, inputRules, hosts);
}

/** Checks a partial update of a subscription; a callback address in it is looked up, contract §5. */
export function checkWebhookPatch(body: object, hosts: CallbackHostOptions): Promise<Checked<WebhookPatch>> {
  return checkWithAddress<WebhookPatch>(body, patchRules, hosts);
}

/** Checks from when on everything is to be sent again; gives milliseconds since 1970. */
export function checkRedeliverInput(body: object): Checked<number> {
  const checked = check<{ since: string }>(body, redeliverRules, []);
  if ('errors' in checked) return checked;
  const since = parseTime(checked.value.since);
  if (since !== undefined) return { value: since, warnings: checked.warnings };
  const message = `since ${timeRule(checked.value.since)}`;
  return { errors: [{ field: 'since', code: 'invalid_value', message }] };
}

async function checkWithAddress<T>(body: object, rules: BodyRules, hosts: CallbackHostOptions): Promise<Checked<T>> {
  const callbackUrl: unknown = Reflect.get(body, 'callbackUrl');
  const isLookedUp = typeof callbackUrl === 'string' && callbackUrl.length <= WEBHOOK_LIMITS.callbackUrl;
  const problem = isLookedUp ? await checkCallbackUrl(callbackUrl, hosts) : undefined;
  return check<T>(body, rules, [...addressErrors(problem), ...secretErrors(Reflect.get(body, 'signingSecret'))]);
}

function check<T>(body: object, { isShaped, fields }: BodyRules, more: readonly FieldError[]): Checked<T> {
  const shape = isShaped(body);
  const known = new Set(shape.map(({ field }) => field));
  const errors = [...shape, ...more.filter(({ field }) => !known.has(field))];
  if (errors.length > 0) return { errors };
  const unused = new UnusedFields();
  unused.note(body, '', fields);
  return { value: asChecked<T>(picked(body, fields)), warnings: unused.warnings };
}

function addressErrors(problem: CallbackProblem | undefined): FieldError[] {
  if (problem === undefined) return [];
  return [{ field: 'callbackUrl', code: problem.code, message: `callbackUrl ${problem.message}` }];
}

function secretErrors(secret: unknown): FieldError[] {
  const refuse = (code: string, rule: string) => [{ field: 'signingSecret', code, message: `signingSecret ${rule}` }];
  if (typeof secret !== 'string') return [];
  if (secret.length > 2 * WEBHOOK_LIMITS.secretMax) return [];
  if ([...secret].length < WEBHOOK_LIMITS.secretMin) {
    return refuse('too_short', `must be at least ${WEBHOOK_LIMITS.secretMin} characters.`);
  }
  // A text that claims to be base64 and is not could be verified by no library.
  if (secret.startsWith('whsec_') && signingKeyText(secret).encoding !== 'base64') {
    return refuse('invalid_value', 'must have base64 behind whsec_.');
  }
  return [];
}

// The schema has just been checked; T is the type made from it.
function asChecked<T>(body: object): T {
  return body as T;
}
