import { hash, randomBytes } from 'node:crypto';

const SECRET_BYTES = 32;
const CLIENT_ID_BYTES = 12;

/** A new public client id. */
export function newClientId(): string {
  return `app_${randomBytes(CLIENT_ID_BYTES).toString('hex')}`;
}

/** A new client secret: 256 random bits; the prefix lets secret scanners find a leaked one. */
export function newClientSecret(): string {
  return randomCredential('secret');
}

/** A new access token: 256 random bits. */
export function newAccessToken(): string {
  return randomCredential('at');
}

/** A new refresh token: 256 random bits. */
export function newRefreshToken(): string {
  return randomCredential('rt');
}

/** A new authorization code: 256 random bits. */
export function newAuthorizationCode(): string {
  return randomCredential('code');
}

/** A new token for a session's cookie: 256 random bits. */
export function newSessionToken(): string {
  return randomCredential('session');
}

/** A new token for an invitation's link: 256 random bits. */
export function newInvitationToken(): string {
  return randomCredential('invitation');
}

function randomCredential(kind: string): string {
  return `cs_${kind}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** How a token is stored and looked up. A plain hash is enough, since nobody can guess 256 random bits. */
export function tokenHash(token: string): string {
  return hash('sha256', token, 'hex');
}
