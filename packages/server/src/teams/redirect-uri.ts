/** Hosts that name this very machine, RFC 8252 §7.3 and §8.3. */
const LOOPBACK_HOSTS = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** What is wrong with a redirect URI, as the end of a sentence; undefined for a good one, contract §4. */
export function findRedirectUriFault(text: string): string | undefined {
  if (!URL.canParse(text)) return 'is not an absolute URL';
  const uri = new URL(text);
  if (uri.username !== '' || uri.password !== '') return 'must not carry a user name or password';
  if (text.includes('?')) return 'must not carry a query';
  if (text.includes('#')) return 'must not carry a fragment';
  if (uri.protocol === 'https:') return undefined;
  if (uri.protocol === 'http:' && LOOPBACK_HOSTS.has(uri.hostname)) return undefined;
  return 'must be https, or http on a loopback host';
}
