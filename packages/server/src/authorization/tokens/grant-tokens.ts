import OAuth2Server from '@node-oauth/oauth2-server';
import type { Origin } from '../../audit/audit-store.js';
import type { RequestMark } from '../../storage/request-mark.js';
import { command } from '../../storage/storage.js';
import type { TokenRules } from '../oauth-parts.js';
import { type OAuthRefusal, refusalFrom } from '../oauth-refusal.js';
import { type GrantedTokens, type GrantingApp, grantModel } from './grant-model.js';

/** Parameters of a token request, by their names in RFC 6749 and RFC 7636. */
export type TokenParameters = Readonly<
  Partial<
    Record<
      'grant_type' | 'code' | 'redirect_uri' | 'code_verifier' | 'refresh_token' | 'scope' | 'state',
      string | undefined
    >
  >
>;

/** A token request of an app that has proved who it is. */
export interface TokenRequest {
  readonly app: GrantingApp;
  readonly parameters: TokenParameters;
  readonly rules: TokenRules;
  readonly origin: Origin;
  /** The request, where it was signed. */
  readonly mark: RequestMark | undefined;
}

/** How a token request ended, and whether that ended tokens given before. */
export type TokenOutcome = ({ readonly tokens: GrantedTokens } | { readonly refusal: OAuthRefusal }) & {
  readonly hasEndedTokens: boolean;
};

/**
 * Exchanges an authorization code or a refresh token for a pair of tokens, contract §4. A refusal is an outcome and not
 * an error, because what it found out is kept: a code used twice ends what it gave, and the audit tells of it.
 */
export const grantTokens = command<TokenRequest, TokenOutcome>({
  name: 'grant-tokens',
  locksRows: true,
  run: async (tx, { app, parameters, rules, origin, mark }) => {
    let hasEndedTokens = false;
    const { model, granted } = grantModel(tx, {
      app,
      state: parameters.state,
      isRedirectUriGiven: parameters.redirect_uri !== undefined,
      rules,
      origin,
      mark,
      onTokensEnded: () => {
        hasEndedTokens = true;
      },
    });
    const server = new OAuth2Server({ model });
    const request = new OAuth2Server.Request({
      method: 'POST',
      // The library takes a request for a form where it announces a body.
      headers: { 'content-type': 'application/x-www-form-urlencoded', 'content-length': '1' },
      query: {},
      body: { ...parameters, client_id: app.clientId },
    });
    try {
      await server.token(request, new OAuth2Server.Response(), {
        accessTokenLifetime: rules.accessTokenSeconds,
        refreshTokenLifetime: rules.refreshTokenSeconds,
        // The app signed, or sent its secret, before it came here.
        requireClientAuthentication: { authorization_code: false, refresh_token: false },
      });
    } catch (error) {
      return { refusal: refusalFrom(error), hasEndedTokens };
    }
    return { tokens: granted(), hasEndedTokens };
  },
});
