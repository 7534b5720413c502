/** Most characters of a redirect URI. */
const LONGEST_URI = 2_000;

/** Characters that RFC 3986 §2 knows. */
const KNOWN_CHARACTERS = /^[\w.~:/?#[\]@!$&'()*+,;=%-]*$/;
const PARTS = /^(https?):\/\/([^/?#]*)([^?#]*)$/;
/** A name that begins and ends like one, or an address in brackets; then a port, if it has one. */
const AUTHORITY = /^(\[[\da-f:.]+\]|[a-z\d](?:[\w.-]*[a-z\d])?)(?::(.*))?$/i;
const PORT = /^[1-9]\d{0,4}$/;
const LARGEST_PORT = 65_535;

/** Hosts that name this very machine, RFC 8252 §7.3 and §8.3, in the one spelling that is taken. */
const LOOPBACK_HOSTS = new Set(['127.0.0.1', '[::1]', 'localhost']);
const LOOPBACK_URI = /^http:\/\/(127\.0\.0\.1|\[::1\]|localhost)(?::\d+)?(\/.*)?$/;

/** What is wrong with a redirect URI, as the end of a sentence; undefined for a good one, contract §4. */
export function findRedirectUriFault(text: string): string | undefined {
  if (text.length > LONGEST_URI) return `must have at most ${LONGEST_URI} characters`;
  if (!KNOWN_CHARACTERS.test(text))
    return 'must not carry spaces, control characters, backslashes or other odd characters';
  if (/%(?![\da-f]{2})/i.test(text)) return 'must not carry a percent sign without two hexadecimal digits';
  if (text.includes('*')) return 'must not carry a wildcard';
  if (text.includes('?')) return 'must not carry a query';
  if (text.includes('#')) return 'must not carry a fragment';
  const [, scheme, authority, path] = PARTS.exec(text) ?? [];
  if (scheme === undefined || authority === undefined || path === undefined) {
    return 'must begin with https://, or with http:// on a loopback host';
  }
  return findAuthorityFault(scheme, authority) ?? findReadingFault(text, { authority, path });
}

/**
 * Whether people may be sent back to a redirect URI: it equals a registered one, or is http on a loopback host and
 * differs from one in nothing but the port, RFC 8252 §7.3.
 */
export function isRegisteredRedirectUri(registered: readonly string[], given: string): boolean {
  if (findRedirectUriFault(given) !== undefined) return false;
  if (registered.includes(given)) return true;
  const portless = findPortlessLoopback(given);
  return portless !== undefined && registered.some((uri) => findPortlessLoopback(uri) === portless);
}

// A browser rewrites many spellings of an address to 127.0.0.1, so that the text as given decides.
function findAuthorityFault(scheme: string, authority: string): string | undefined {
  if (authority.includes('@')) return 'must not carry a user name or password';
  const [, host, port] = AUTHORITY.exec(authority) ?? [];
  if (host === undefined) return 'must name a host';
  if (scheme === 'http' && !LOOPBACK_HOSTS.has(host)) {
    return 'must be https, or http on a loopback host: 127.0.0.1, [::1] or localhost';
  }
  if (port === undefined || (PORT.test(port) && Number(port) <= LARGEST_PORT)) return undefined;
  return `must have a port from 1 to ${LARGEST_PORT}`;
}

// Where a browser would go elsewhere than the text says, nobody who reads the text knows where people are sent.
function findReadingFault(
  text: string,
  { authority, path }: { readonly authority: string; readonly path: string },
): string | undefined {
  if (!URL.canParse(text)) return 'is not an absolute URL';
  const { hostname, pathname } = new URL(text);
  if (authority.replace(/:\d+$/, '').toLowerCase() !== hostname) return 'must spell its host as browsers do';
  if (pathname !== (path || '/')) return 'must spell its path as browsers do, without . and .. in it';
  return undefined;
}

function findPortlessLoopback(uri: string): string | undefined {
  const [, host, path = ''] = LOOPBACK_URI.exec(uri) ?? [];
  return host === undefined ? undefined : `${host}${path}`;
}
