import OAuth2Server from '@node-oauth/oauth2-server';

/** A refusal of an authorization or token request, RFC 6749 §4.1.2.1 and §5.2. */
export interface OAuthRefusal {
  /** The error code of the RFC. */
  readonly error: string;
  /** One sentence for the developer of the app. */
  readonly description: string;
}

/** The refusal that an error of the OAuth library stands for; anything else is thrown on. */
export function refusalFrom(error: unknown): OAuthRefusal {
  if (!(error instanceof OAuth2Server.OAuthError)) throw error;
  if (error instanceof OAuth2Server.ServerError || error instanceof OAuth2Server.InvalidArgumentError) {
    throw 'inner' in error && error.inner instanceof Error ? error.inner : error;
  }
  return { error: error.name, description: sentenceOf(error.message) };
}

// "Invalid grant: authorization code is invalid" becomes "The authorization code is invalid."
function sentenceOf(message: string): string {
  const text = message.replaceAll('`', '').replace(/^Invalid (?:grant|request|scope|client): /, '');
  const sentence = /^(?:authorization|refresh|code) /.test(text) ? `The ${text}` : text;
  return `${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}.`;
}
