import { findActiveApp } from '../../identity/apps/app-store.js';
import { isRegisteredRedirectUri } from '../../identity/apps/redirect-uri.js';
import { PageError } from '../../pages/page-error.js';
import type { Reader } from '../../storage/storage.js';
import { decodingErrors } from '../../validation/raw-query.js';
import {
  type AuthorizationRequest,
  checkAuthorizationRequest,
  type RawParameters,
  textOf,
} from './authorization-request.js';

/** The app that asks. */
export interface AskingApp {
  readonly name: string;
}

/**
 * What an app asks for, as the consent page takes it. A request at fault is told to the person on a page of ours: a
 * redirect could be to anywhere, and even to a known address it would come before the person has signed in (RFC 9700
 * §4.11.2).
 *
 * @throws PageError that says what is wrong
 */
export async function readAuthorizationRequest(
  reader: Reader,
  raw: RawParameters,
): Promise<{ readonly app: AskingApp; readonly request: AuthorizationRequest }> {
  const clientId = textOf(raw.client_id);
  const app = clientId === undefined ? undefined : await findActiveApp(reader, clientId);
  if (clientId === undefined || app === undefined) throw unknownApp();
  const redirectUri = textOf(raw.redirect_uri);
  if (redirectUri === undefined || !isRegisteredRedirectUri(app.redirectUris, redirectUri)) {
    throw unregisteredRedirect(app);
  }
  const undecoded = decodingErrors(raw).map(({ message }) => `invalid_request: ${message}`);
  const checked = checkAuthorizationRequest(raw, { clientId, redirectUri });
  if ('faults' in checked || undecoded.length > 0) {
    const faults = 'faults' in checked ? checked.faults : [];
    throw new PageError(400, {
      heading: `${app.name} asked in a way that cannot be answered`,
      message: 'The app has to be mended by whoever makes it. Nothing was connected.',
      details: [...undecoded, ...faults.map(({ refusal }) => `${refusal.error}: ${refusal.description}`)],
    });
  }
  return { app, request: checked.request };
}

function unknownApp(): PageError {
  return new PageError(400, {
    heading: 'This app is not known here',
    message: 'The link that brought you here names an app that is not registered, or that was switched off.',
    details: ['Nothing was connected. Go back to the app, or ask whoever makes it.'],
  });
}

function unregisteredRedirect(app: AskingApp): PageError {
  return new PageError(400, {
    heading: 'This link cannot be trusted',
    message: `It says that it comes from ${app.name}, but would send you to an address that ${app.name} has not registered.`,
    details: [
      'Nothing was connected. If somebody sent you this link, do not use it.',
      'For the maker of the app: redirect_uri has to be one of the registered redirect URIs, letter by letter.',
    ],
  });
}
