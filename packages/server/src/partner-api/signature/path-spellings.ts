import type { Guess } from './guess.js';

/** The other ways to write a path on the wire: what was signed, when something between rewrote it. */
export function pathSpellings(path: string): Guess<string>[] {
  const rewritten = new Set([path.endsWith('/') ? path.slice(0, -1) : `${path}/`]);
  const encoded = encodings(path);
  for (const text of [...encoded, ...encoded.map(lowerHex)]) rewritten.add(text);
  rewritten.delete(path);
  return [...rewritten].map((value) => ({ value, mistake: mistakeOf(value) }));
}

function mistakeOf(signed: string): string {
  const remedy = 'sign what is sent, and have proxies pass the path on as it came (nginx: proxy_pass without a path)';
  return `the path had arrived as it was signed, ${signed} (a library or a proxy wrote it anew: ${remedy})`;
}

/** What stands behind these is one segment, whatever it holds. */
const KEY_AT_END = /^(\/customers\/by-[a-z-]+\/)(.+)$/;
const PERCENT_CODE = /%[0-9a-f]{2}/gi;

function lowerHex(path: string): string {
  return path.replace(PERCENT_CODE, (code) => code.toLowerCase());
}

function encodings(path: string): string[] {
  const upperHex = path.replace(PERCENT_CODE, (code) => code.toUpperCase());
  const plain = upperHex.replace(/%(?:2D|2E|5F|7E|3\d|4[1-9A-F]|5[0-9A]|6[1-9A-F]|7[0-9A])/g, decodeURIComponent);
  const decoded = decodedPath(path);
  if (decoded === undefined) return [upperHex, plain];
  const perSegment = (encode: (segment: string) => string) => decoded.map(encode).join('/');
  return [
    upperHex,
    plain,
    perSegment((segment) => segment),
    perSegment(encodeURIComponent),
    perSegment(strictly),
    perSegment(encodeURI),
    perSegment(asGo),
    perSegment((segment) => strictly(segment).replaceAll('%20', '+')),
    // RFC 2396 and before.
    perSegment((segment) => strictly(segment).replaceAll('~', '%7E')),
    perSegment((segment) => encodeURIComponent(segment).replaceAll('~', '%7E')),
    // Something decoded the %2F of a key.
    path.replace(KEY_AT_END, (_, start: string, key: string) => start + encodeURIComponent(key)),
  ];
}

function decodedPath(path: string): string[] | undefined {
  try {
    return path.split('/').map(decodeURIComponent);
  } catch {
    return undefined;
  }
}

// RFC 3986, as PHP's rawurlencode and Python's quote have it.
function strictly(segment: string): string {
  return encodeURIComponent(segment).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

// Go's url.PathEscape leaves these.
function asGo(segment: string): string {
  return strictly(segment).replace(/%(?:24|26|2B|3A|3D|40)/g, decodeURIComponent);
}
