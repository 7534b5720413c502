import { PartnerError } from '@countersign/contract';
import parseBasic from 'basic-auth';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { SigningApp } from './app-directory.js';
import { countRequest, throttled } from './authenticate.js';
import type { Gate } from './gate.js';
import { isSecretOf } from './signature/client-secret.js';

/** A token request with its form. */
export interface TokenExchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly form: Readonly<Record<string, string | undefined>>;
}

/**
 * The app that a token request comes from, by its secret in a Basic header or in the form, RFC 6749 §2.3.1. Limits by
 * address and by app hold as for signed requests, contract §1.3.
 *
 * @throws PartnerError `invalid_client`, `rate_limit_exceeded`
 */
export function authenticateClient(gate: Gate, { request, reply, form }: TokenExchange): Promise<SigningApp> {
  return throttled(gate, { request, reply }, async () => {
    const { id, secret } = credentialsOf(request, form);
    const known = await gate.apps.find(id);
    const app = known && (await gate.apps.verify(known, (candidate) => isSecretOf(candidate, secret)));
    if (app === undefined) {
      throw new PartnerError('invalid_client', 'The client id and the client secret do not match.');
    }
    await countRequest(gate, app, reply);
    return app;
  });
}

function credentialsOf(
  { headers }: FastifyRequest,
  form: TokenExchange['form'],
): { readonly id: string; readonly secret: string } {
  if (headers.authorization === undefined) return { id: form.client_id ?? '', secret: form.client_secret ?? '' };
  const basic = parseBasic.parse(headers.authorization);
  const id = formDecoded(basic?.name ?? '');
  const hasTwo = form.client_secret !== undefined || (form.client_id !== undefined && form.client_id !== id);
  if (basic === undefined || hasTwo) {
    throw new PartnerError('invalid_client', 'Send the client secret in one way: a Basic header, or the form.');
  }
  return { id, secret: formDecoded(basic.pass) };
}

// Both halves are form-encoded before they are joined, RFC 6749 §2.3.1.
function formDecoded(text: string): string {
  return new URLSearchParams(`value=${text.replaceAll('&', '%26')}`).get('value') ?? '';
}
