import type { Origin } from '../../audit/audit-store.js';
import { tokenHash } from '../../identity/credentials.js';
import type { RequestMark } from '../../storage/request-mark.js';
import type { OAuthParts } from '../oauth-parts.js';
import type { OAuthRefusal } from '../oauth-refusal.js';
import type { GrantedTokens, GrantingApp } from './grant-model.js';
import { grantTokens, type TokenParameters } from './grant-tokens.js';
import { revokeToken } from './revoke-token.js';

/** Who asks, known to be who it says, and from where. */
export interface AskingClient {
  readonly app: GrantingApp;
  readonly origin: Origin;
  /** The request, where it was signed. */
  readonly mark?: RequestMark;
}

/** Exchanges a code or a refresh token; what that ends, ends at once. */
export async function requestTokens(
  { storage, gate, tokenRules }: OAuthParts,
  { app: { id, clientId }, origin, mark }: AskingClient,
  parameters: TokenParameters,
): Promise<{ readonly tokens: GrantedTokens } | { readonly refusal: OAuthRefusal }> {
  const app = { id, clientId };
  const outcome = await storage.write(grantTokens, { app, parameters, rules: tokenRules, origin, mark });
  if (outcome.hasEndedTokens) await gate.tokens.forget();
  return outcome;
}

/** Ends a token with its family, at once. */
export async function endToken(
  { storage, gate }: OAuthParts,
  { app, origin }: AskingClient,
  token: string,
): Promise<void> {
  const isEnded = await storage.write(revokeToken, { appId: app.id, tokenHash: tokenHash(token), origin });
  if (isEnded) await gate.tokens.forget();
}
