/**
 * One value percent-encoded as one segment of a path.
 *
 * @throws {TypeError} for values that no URL can carry as a segment: empty, `.`, `..` and lone surrogates
 */
export function pathPart(name: string, value: string): string {
  // URL parsers drop the segments "." and "..", also when written as %2E: the request would reach another route.
  if (value === '' || value === '.' || value === '..') {
    throw new TypeError(`${name} ${JSON.stringify(value)} cannot be part of a URL path.`);
  }
  if (!value.isWellFormed()) throw new TypeError(`${name} has a lone surrogate, which cannot be encoded.`);
  return encodeURIComponent(value);
}
