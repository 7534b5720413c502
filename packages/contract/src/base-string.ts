/** The prefix that is routed but never signed, contract §1.1. */
const UNSIGNED_PREFIX = '/partners';

/** What a signature covers, contract §1.1. */
export interface SignedParts {
  /** HTTP method, upper case. */
  readonly method: string;
  /** The signed path, as {@link signedPath} gives it. */
  readonly path: string;
  /** The very text of `x-timestamp`. */
  readonly timestamp: string;
  /** Lowercase hex SHA-256 of the body for POST, PUT and PATCH; empty for other methods. */
  readonly bodyHash: string;
}

/** The text whose HMAC-SHA256 is the signature: `METHOD:path:timestamp:bodyHash`, contract §1.1. */
export function baseString(parts: SignedParts): string {
  return `${parts.method}:${parts.path}:${parts.timestamp}:${parts.bodyHash}`;
}

/**
 * The path that is signed: without query string and without the `/partners` prefix, percent-encoding as sent.
 *
 * @param target path as on the wire, with or without query: `/partners/customers?page=2` gives `/customers`
 */
export function signedPath(target: string): string {
  const query = target.indexOf('?');
  const path = query === -1 ? target : target.slice(0, query);
  const isBelow = path === UNSIGNED_PREFIX || path.startsWith(`${UNSIGNED_PREFIX}/`);
  return isBelow ? path.slice(UNSIGNED_PREFIX.length) : path;
}

/** Whether the body of a request with this method is covered by the signature, contract §1.1. */
export function isBodySigned(method: string): boolean {
  return method === 'POST' || method === 'PUT' || method === 'PATCH';
}
