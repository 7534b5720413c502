import { ALL_SCOPES, isScope, type Scope } from '../../partner-api/scope.js';
import { withoutUndefined } from '../../without-undefined.js';
import type { OAuthRefusal } from '../oauth-refusal.js';

/** What an app asks a person for, checked. */
export interface AuthorizationRequest {
  readonly clientId: string;
  readonly redirectUri: string;
  /** Given back to the app as it is. */
  readonly state: string | undefined;
  readonly scopes: readonly Scope[];
  /** PKCE, S256. */
  readonly codeChallenge: string | undefined;
}

/** Parameters as they came: a text each, or a list where one was repeated. */
export type RawParameters = Readonly<Record<string, unknown>>;

/** One parameter at fault. */
export interface ParameterFault {
  readonly parameter: 'state' | 'scope' | 'response_type' | 'code_challenge' | 'code_challenge_method';
  readonly refusal: OAuthRefusal;
}

/** Most characters of a state. */
const LONGEST_STATE = 2_000;
/** RFC 6749 appendix A.5. */
const VISIBLE = /^[\x20-\x7e]+$/;
/** RFC 7636 §4.2: base64url of a SHA-256. */
const CODE_CHALLENGE = /^[\w-]{43}$/;

const PARAMETERS = ['response_type', 'state', 'scope', 'code_challenge', 'code_challenge_method'] as const;

/**
 * Checks what an app asks for, beside itself and the redirect URI.
 *
 * An app has to send a state or use PKCE: without either, a stranger's code could be slipped to its user (RFC 9700 §2.1).
 *
 * @param raw parameters by their names in RFC 6749 and RFC 7636
 */
export function checkAuthorizationRequest(
  raw: RawParameters,
  { clientId, redirectUri }: { readonly clientId: string; readonly redirectUri: string },
): { readonly request: AuthorizationRequest } | { readonly faults: readonly [ParameterFault, ...ParameterFault[]] } {
  const text = Object.fromEntries(PARAMETERS.map((name) => [name, textOf(raw[name])]));
  const { response_type, state, scope, code_challenge, code_challenge_method } = text;
  const scopes = parseScopes(scope);
  const [first, ...others] = [
    ...PARAMETERS.filter((name) => Array.isArray(raw[name])).map((name) => fault(name, 'was sent more than once')),
    ...responseTypeFaults(response_type),
    ...stateFaults(state, code_challenge),
    ...(scopes === undefined ? [unknownScope()] : []),
    ...challengeFaults(code_challenge, code_challenge_method),
  ];
  if (first !== undefined) return { faults: [first, ...others] };
  return { request: { clientId, redirectUri, state, scopes: scopes ?? [], codeChallenge: code_challenge } };
}

/** The parameters of a request, by their names in RFC 6749 and RFC 7636. */
export function authorizationParameters(request: AuthorizationRequest): Record<string, string> {
  const { clientId, redirectUri, state, scopes, codeChallenge } = request;
  return withoutUndefined({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri,
    scope: scopes.join(' '),
    state,
    code_challenge: codeChallenge,
    code_challenge_method: codeChallenge === undefined ? undefined : 'S256',
  });
}

/** A parameter's text; an empty one counts as left out (RFC 6749 §3.1). */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function parseScopes(text: string | undefined): readonly Scope[] | undefined {
  if (text === undefined) return ALL_SCOPES;
  const names = text.split(' ').filter((name) => name !== '');
  const scopes = ALL_SCOPES.filter((scope) => names.includes(scope));
  return names.every(isScope) && scopes.length > 0 ? scopes : undefined;
}

function responseTypeFaults(type: string | undefined): ParameterFault[] {
  if (type === 'code') return [];
  const error = type === undefined ? 'invalid_request' : 'unsupported_response_type';
  return [{ parameter: 'response_type', refusal: { error, description: 'response_type must be code.' } }];
}

function stateFaults(state: string | undefined, challenge: string | undefined): ParameterFault[] {
  if (state === undefined) return challenge === undefined ? [fault('state', 'is required, unless PKCE is used')] : [];
  const isGood = state.length <= LONGEST_STATE && VISIBLE.test(state);
  return isGood ? [] : [fault('state', `must be at most ${LONGEST_STATE} visible ASCII characters`)];
}

function unknownScope(): ParameterFault {
  const description = `scope must name some of: ${ALL_SCOPES.join(', ')}.`;
  return { parameter: 'scope', refusal: { error: 'invalid_scope', description } };
}

function challengeFaults(challenge: string | undefined, method: string | undefined): ParameterFault[] {
  if (challenge === undefined) return method === undefined ? [] : [fault('code_challenge', 'is missing')];
  return [
    ...(CODE_CHALLENGE.test(challenge) ? [] : [fault('code_challenge', 'must be the base64url of a SHA-256')]),
    // RFC 7636 §4.3: left out, it would mean "plain".
    ...(method === 'S256' ? [] : [fault('code_challenge_method', 'must be S256')]),
  ];
}

function fault(parameter: ParameterFault['parameter'], rule: string): ParameterFault {
  return { parameter, refusal: { error: 'invalid_request', description: `${parameter} ${rule}.` } };
}
