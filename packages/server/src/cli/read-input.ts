import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { buffer } from 'node:stream/consumers';
import { CommandFailure, WrongUsage } from './command-failure.js';

/** What stands in a text where bytes could not be decoded. */
const REPLACEMENT = '\u{fffd}';

/**
 * All of a file or, for `-`, of standard input, as text: the same bytes again when it is sent as UTF-8, but for a byte order
 * mark, which is passed over.
 *
 * @throws WrongUsage for what is not UTF-8, with the place of the first byte at fault; CommandFailure for a file that can't
 *   be read
 */
export async function readInput(source: string): Promise<string> {
  if (source === '-') return decoded(await buffer(process.stdin), 'Standard input');
  return decoded(readBytes(source), `The file ${source}`);
}

/** The arguments of a command line. @throws WrongUsage for one that was not UTF-8: the system hands it over as a guess */
export function parseArguments(argv: readonly string[]): readonly string[] {
  const odd = argv.findIndex((argument) => argument.includes(REPLACEMENT) || !argument.isWellFormed());
  if (odd === -1) return argv;
  throw new WrongUsage(`The argument ${JSON.stringify(argv[odd])} is not UTF-8; nothing was done.`);
}

function readBytes(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new CommandFailure(`Cannot read the file ${file}.`, { cause });
  }
}

function decoded(bytes: Buffer, name: string): string {
  if (isUtf8(bytes)) return new TextDecoder().decode(bytes);
  throw new WrongUsage(`${name} is not UTF-8: ${placeOfFault(bytes)}. Nothing was done; save it as UTF-8.`);
}

// Whole characters before the place decode, and with the byte at it they don't: halving finds it.
function placeOfFault(bytes: Buffer): string {
  let good = 0;
  let bad = bytes.length + 1;
  while (bad - good > 1) {
    const middle = (good + bad) >> 1;
    if (isBeginning(bytes.subarray(0, middle))) good = middle;
    else bad = middle;
  }
  const offset = Math.min(good, bytes.length - 1);
  const line = bytes.subarray(0, offset).filter((byte) => byte === 0x0a).length + 1;
  const byte = bytes[offset]?.toString(16).toUpperCase().padStart(2, '0');
  return `byte ${offset + 1} (line ${line}) is 0x${byte}, which no character has there`;
}

/** Whether bytes are UTF-8 that may go on, with a character cut in two at their end. */
function isBeginning(bytes: Buffer): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    return true;
  } catch {
    return false;
  }
}
