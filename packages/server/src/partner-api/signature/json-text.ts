const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** A JSON body without the byte order mark that some writers put before it, contract §1.5. */
export function withoutByteOrderMark(body: Buffer): Buffer {
  return BYTE_ORDER_MARK.equals(body.subarray(0, 3)) ? body.subarray(3) : body;
}

/** A JSON body as `JSON.stringify` writes it; undefined when it is not JSON. */
export function reserialized(body: Buffer): string | undefined {
  try {
    return JSON.stringify(JSON.parse(withoutByteOrderMark(body).toString('utf8')));
  } catch {
    return undefined;
  }
}

/** A body without the white space at its end. */
export function withoutEndSpace(body: Buffer): Buffer {
  let end = body.length;
  while (end > 0 && isSpace(body[end - 1])) end -= 1;
  return body.subarray(0, end);
}

/** What one look over the bytes of a JSON text finds. */
export interface ScannedJson {
  /** The text without the white space between its tokens. */
  readonly compact: Buffer;
  /** How deep arrays and objects are nested. */
  readonly nesting: number;
}

/** Looks over the bytes of a JSON text once, without parsing it. What is not JSON gives an answer, too. */
export function scanJson(body: Buffer): ScannedJson {
  const text = withoutByteOrderMark(body);
  const compact = Buffer.allocUnsafe(text.length);
  let length = 0;
  let depth = 0;
  let nesting = 0;
  let place = 0;
  while (place < text.length) {
    const byte = text[place];
    if (byte === QUOTE) {
      const end = endOfString(text, place);
      while (place < end) compact[length++] = text[place++] ?? 0;
      continue;
    }
    place += 1;
    if (byte === undefined || isSpace(byte)) continue;
    if (byte === OPEN_ARRAY || byte === OPEN_OBJECT) {
      depth += 1;
      if (depth > nesting) nesting = depth;
    } else if (byte === CLOSE_ARRAY || byte === CLOSE_OBJECT) depth -= 1;
    compact[length++] = byte;
  }
  return { compact: compact.subarray(0, length), nesting };
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

function endOfString(text: Buffer, start: number): number {
  let place = start + 1;
  while (place < text.length && text[place] !== QUOTE) place += text[place] === BACKSLASH ? 2 : 1;
  return Math.min(place + 1, text.length);
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}
