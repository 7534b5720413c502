import { concatBytes } from '../byte-source.js';
import { type Encoding, utf8Length } from './guess-encoding.js';

/** Text of some bytes, and the byte behind it that the encoding does not have. */
export interface DecodedText {
  readonly text: string;
  readonly badByte?: number | undefined;
}

/**
 * Decodes a file piece by piece. Never makes up a character: what does not fit is told.
 *
 * A UTF-8 that was guessed from plain ASCII turns into Windows-1252 where its first other character is none of UTF-8: both
 * read the bytes before it alike.
 */
export class TextDecoding {
  encoding: Encoding;
  private rest = new Uint8Array();
  private isStart = true;

  constructor(
    encoding: Encoding,
    private mayTurn: boolean,
  ) {
    this.encoding = encoding;
  }

  /** The text of further bytes; a character that is cut at their end waits for the next ones, or is bad at the last. */
  push(chunk: Uint8Array, { isLast }: { readonly isLast: boolean }): DecodedText {
    const bytes = this.rest.length === 0 ? chunk : concatBytes([this.rest, chunk]);
    const whole = isLast ? bytes.length : bytes.length - openLength(bytes, this.encoding);
    this.rest = bytes.slice(whole);
    const decoded = this.decode(bytes.subarray(0, whole));
    const isMarked = this.isStart && decoded.text.startsWith('\uFEFF');
    if (decoded.text !== '') this.isStart = false;
    return isMarked ? { ...decoded, text: decoded.text.slice(1) } : decoded;
  }

  private decode(bytes: Uint8Array): DecodedText {
    if (this.encoding === 'windows-1252') return decodeWindows1252(bytes);
    const decoded = decodeUnicode(bytes, this.encoding);
    if (!this.mayTurn || (decoded.badByte === undefined && isAscii(decoded.text))) return decoded;
    this.mayTurn = false;
    if (decoded.badByte === undefined || !isAscii(decoded.text)) return decoded;
    this.encoding = 'windows-1252';
    return decodeWindows1252(bytes);
  }
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: ASCII is what it asks for.
  return /^[\x00-\x7f]*$/.test(text);
}

// How many bytes at the end begin a character that they do not end.
function openLength(bytes: Uint8Array, encoding: Encoding): number {
  if (encoding === 'windows-1252') return 0;
  if (encoding === 'utf-8') {
    for (let back = 1; back <= Math.min(3, bytes.length); back += 1) {
      const byte = bytes[bytes.length - back] ?? 0;
      if (byte >> 6 !== 0b10) return utf8Length(byte) > back ? back : 0;
    }
    return 0;
  }
  const odd = bytes.length % 2;
  const high = bytes[bytes.length - odd - (encoding === 'utf-16le' ? 1 : 2)] ?? 0;
  return high >= 0xd8 && high < 0xdc ? odd + 2 : odd;
}

function decodeUnicode(bytes: Uint8Array, encoding: Encoding): DecodedText {
  try {
    return { text: new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return decodeSoundPart(bytes, encoding);
  }
}

function decodeSoundPart(bytes: Uint8Array, encoding: Encoding): DecodedText {
  let sound = 0;
  let broken = bytes.length + 1;
  let text = '';
  while (broken - sound > 1) {
    const middle = (sound + broken) >> 1;
    try {
      const decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true });
      text = decoder.decode(bytes.subarray(0, middle), { stream: true });
      sound = middle;
    } catch {
      broken = middle;
    }
  }
  return { text, badByte: bytes[Math.min(sound, bytes.length - 1)] };
}

/** Characters of the bytes 0x80 to 0x9F; U+0000 where there is none. Engines differ in what they read there. */
const WINDOWS_1252 =
  '\u20ac\0\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\0\u017d\0' +
  '\0\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\0\u017e\u0178';

function decodeWindows1252(bytes: Uint8Array): DecodedText {
  const units = new Uint8Array(bytes.length * 2);
  let length = bytes.length;
  for (let at = 0; at < length; at += 1) {
    const byte = bytes[at] ?? 0;
    const unit = byte >> 5 === 0b100 ? WINDOWS_1252.charCodeAt(byte - 0x80) : byte;
    if (unit === 0 && byte !== 0) length = at;
    units[at * 2] = unit & 0xff;
    units[at * 2 + 1] = unit >> 8;
  }
  const text = new TextDecoder('utf-16le', { ignoreBOM: true }).decode(units.subarray(0, length * 2));
  return { text, badByte: bytes[length] };
}
