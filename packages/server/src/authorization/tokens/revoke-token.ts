import { appendAudit, type Origin } from '../../audit/audit-store.js';
import { command } from '../../storage/storage.js';
import { grantStore } from './grant-store.js';

/** A token that its app gives back. */
export interface RevokeToken {
  readonly appId: number;
  /** Of an access or a refresh token. */
  readonly tokenHash: string;
  readonly origin: Origin;
}

/**
 * Ends a token with its family, contract §4 and RFC 7009. A token that is unknown, ended before, or another app's changes
 * nothing and is no error; gives whether something ended.
 */
export const revokeToken = command<RevokeToken, boolean>({
  name: 'revoke-token',
  run: async (tx, { appId, tokenHash, origin }) => {
    const grants = grantStore(tx);
    const grant = await grants.findGrantOfToken(tokenHash);
    if (grant?.appId !== appId) return false;
    const isEnded = await grants.revoke(grant.grantId);
    if (isEnded) await appendAudit(tx, 'token.revoked', { origin, ...grant });
    return isEnded;
  },
});
