import { tokenHash } from '../../identity/credentials.js';
import { command } from '../../storage/storage.js';
import { expireAccessToken } from './token-store.js';

/** Ends the life of an access token now, as a test asks for, contract §10. */
export const expireToken = command<{ readonly accessToken: string }, void>({
  name: 'expire-token',
  locksRows: true,
  run: (tx, { accessToken }) => expireAccessToken(tx, tokenHash(accessToken)),
});
