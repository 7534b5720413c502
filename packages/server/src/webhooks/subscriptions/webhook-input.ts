import {
  type FieldError,
  signingKeyText,
  WEBHOOK_LIMITS,
  type WebhookInput,
  type WebhookPatch,
} from '@countersign/contract';
import { RedeliverInputSchema, WebhookInputSchema, WebhookPatchSchema } from '@countersign/contract/schemas';
import type { TSchema } from 'typebox';
import { type BodyRules, checkBody } from '../../validation/check-body.js';
import type { Checked } from '../../validation/checked.js';
import { parseTime, timeRule } from '../../validation/iso-time.js';
import { schemaValidator } from '../../validation/schema-validator.js';
import { picked } from '../../validation/unused-fields.js';
import { type CallbackProblem, checkCallbackUrl } from './callback-address.js';
import type { CallbackHostOptions } from './callback-host.js';

const rulesOf = (schema: TSchema & { readonly properties: Readonly<Record<string, TSchema>> }): BodyRules => {
  const fields = new Set(Object.keys(schema.properties));
  return {
    errorsOf: schemaValidator(schema),
    noteUnused: (body, path, unused) => unused.note(body, path, fields),
    used: (body) => picked(body, fields),
  };
};

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
  const checked = checkBody<{ since: string }>(body, redeliverRules);
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
  const more = [...addressErrors(problem), ...secretErrors(Reflect.get(body, 'signingSecret'))];
  return checkBody<T>(body, { ...rules, errorsOf: () => withMore(rules.errorsOf(body), more) });
}

// A field that has the wrong shape is told so, and nothing else.
function withMore(shape: readonly FieldError[], more: readonly FieldError[]): FieldError[] {
  const known = new Set(shape.map(({ field }) => field));
  return [...shape, ...more.filter(({ field }) => !known.has(field))];
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
