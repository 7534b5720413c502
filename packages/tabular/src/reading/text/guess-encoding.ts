/** How a text file's characters are stored. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/** The encodings that are read. */
export const ENCODINGS: readonly Encoding[] = ['utf-8', 'utf-16le', 'utf-16be', 'windows-1252'];

/** Guesses from the first bytes of a file; undefined when they are no text. */
export function guessEncoding(head: Uint8Array): Encoding | undefined {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return 'utf-8';
  if (head[0] === 0xff && head[1] === 0xfe) return 'utf-16le';
  if (head[0] === 0xfe && head[1] === 0xff) return 'utf-16be';
  const { evenNuls, oddNuls, controls } = countControls(head);
  if (evenNuls + oddNuls > 0) return guessUtf16(head.length / 2, evenNuls, oddNuls);
  const { sound, broken } = countUtf8(head);
  if (broken > 0 && controls > head.length / 100) return undefined;
  // A broken byte among many sound characters is a broken byte; a text in Windows-1252 hardly ever has a sound one.
  return broken > sound ? 'windows-1252' : 'utf-8';
}

// Delimiters, digits and line ends have a NUL beside them in every language.
function guessUtf16(pairs: number, evenNuls: number, oddNuls: number): Encoding | undefined {
  if (oddNuls > Math.max(1, pairs / 10) && evenNuls * 10 < oddNuls) return 'utf-16le';
  if (evenNuls > Math.max(1, pairs / 10) && oddNuls * 10 < evenNuls) return 'utf-16be';
  return undefined;
}

function countControls(bytes: Uint8Array): { evenNuls: number; oddNuls: number; controls: number } {
  const nuls = [0, 0];
  let controls = 0;
  bytes.forEach((byte, at) => {
    if (byte === 0) nuls[at % 2] = (nuls[at % 2] ?? 0) + 1;
    else if (byte < 0x20 && (byte < 0x09 || byte > 0x0d)) controls += 1;
  });
  return { evenNuls: nuls[0] ?? 0, oddNuls: nuls[1] ?? 0, controls };
}

function countUtf8(bytes: Uint8Array): { sound: number; broken: number } {
  let sound = 0;
  let broken = 0;
  for (let at = 0; at < bytes.length; ) {
    const length = utf8Length(bytes[at] ?? 0);
    const end = Math.min(at + Math.max(length, 1), bytes.length);
    const isSound = length > 0 && bytes.subarray(at + 1, end).every((byte) => byte >> 6 === 0b10);
    if (!isSound) broken += 1;
    else if (length > 1) sound += 1;
    at = isSound ? end : at + 1;
  }
  return { sound, broken };
}

/** Bytes of the UTF-8 character that begins with this one; 0 when none does. */
export function utf8Length(byte: number): number {
  if (byte < 0x80) return 1;
  if (byte < 0xc2) return 0;
  if (byte < 0xe0) return 2;
  if (byte < 0xf0) return 3;
  return byte < 0xf5 ? 4 : 0;
}
