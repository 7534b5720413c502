import { type FieldError, PartnerError } from '@countersign/contract';
import { findActiveApp } from '../../identity/apps/app-store.js';
import { isRegisteredRedirectUri } from '../../identity/apps/redirect-uri.js';
import type { Reader } from '../../storage/storage.js';
import { decodingErrors } from '../../validation/raw-query.js';
import {
  type AuthorizationRequest,
  checkAuthorizationRequest,
  type ParameterFault,
  type RawParameters,
  textOf,
} from '../consent/authorization-request.js';

/**
 * What an app asks for with `GET /auth2/authorize-initiate`, contract §4.
 *
 * @throws PartnerError `invalid_query` that lists every parameter at fault, `invalid_client`
 */
export async function parseInitiate(reader: Reader, query: RawParameters): Promise<AuthorizationRequest> {
  const clientId = textOf(query.clientId);
  const redirectUri = textOf(query.redirectUri);
  const app = clientId === undefined ? undefined : await findActiveApp(reader, clientId);
  const checked = checkAuthorizationRequest(
    {
      response_type: 'code',
      state: query.state,
      scope: query.scope,
      code_challenge: query.codeChallenge,
      code_challenge_method: query.codeChallengeMethod,
    },
    { clientId: clientId ?? '', redirectUri: redirectUri ?? '' },
  );
  const undecoded = decodingErrors(query);
  const others: FieldError[] = [
    ...(clientId === undefined ? [required('clientId')] : []),
    ...redirectUriErrors(redirectUri, app?.redirectUris),
    ...('faults' in checked ? checked.faults.map(parameterError) : []),
  ];
  if (clientId !== undefined && app === undefined) {
    throw new PartnerError('invalid_client', 'No active app has this clientId.');
  }
  const errors = [...undecoded, ...others.filter(({ field }) => undecoded.every((error) => error.field !== field))];
  if (errors.length > 0 || 'faults' in checked) throw new PartnerError('invalid_query', undefined, { errors });
  return checked.request;
}

function redirectUriErrors(given: string | undefined, registered: readonly string[] | undefined): FieldError[] {
  if (given === undefined) return [required('redirectUri')];
  if (registered === undefined || isRegisteredRedirectUri(registered, given)) return [];
  const message = 'redirectUri must be one of the registered redirect URIs of the app, letter by letter.';
  return [{ field: 'redirectUri', code: 'unregistered_redirect_uri', message }];
}

function required(field: string): FieldError {
  return { field, code: 'required', message: `${field} is required, once.` };
}

function parameterError({ parameter, refusal }: ParameterFault): FieldError {
  const message = refusal.description.replaceAll(/\b[a-z]+(?:_[a-z]+)+\b/g, countNameOf);
  return { field: countNameOf(parameter), code: 'invalid_value', message };
}

// code_challenge of RFC 7636 is codeChallenge in COUNT's.
function countNameOf(name: string): string {
  return name.replaceAll(/_(\w)/g, (_match, letter: string) => letter.toUpperCase());
}
