import type { Fail, TablePlace } from '../../table-error.js';
import type { ByteChunks } from '../byte-source.js';
import type { Row } from '../row.js';
import type { TextDecoding } from './text-decoding.js';

/** Makes rows of text, piece by piece. */
export interface RowCutter {
  readonly place: TablePlace;
  push(text: string): Row[];
  end(): Row[];
}

const PIECE = 65_536;

/** Reads the rows of a text file; bytes that its encoding does not have are `bad_bytes`, with their place. */
export async function* readText(
  chunks: ByteChunks,
  { decoding, cutter, fail }: { readonly decoding: TextDecoding; readonly cutter: RowCutter; readonly fail: Fail },
): AsyncGenerator<Row[], void, undefined> {
  const cut = (chunk: Uint8Array, isLast: boolean): Row[] => {
    const { text, badByte } = decoding.push(chunk, { isLast });
    const rows = cutter.push(text);
    if (badByte === undefined) return rows;
    const byte = `0x${badByte.toString(16).toUpperCase().padStart(2, '0')}`;
    const sentence = `The byte ${byte} is no ${decoding.encoding}; save the file as UTF-8, or say how it is encoded.`;
    throw fail('bad_bytes', sentence, cutter.place);
  };
  for await (const chunk of chunks) {
    // Rows of a large chunk need more memory than its bytes.
    for (let at = 0; at < chunk.length; at += PIECE) yield cut(chunk.subarray(at, at + PIECE), false);
  }
  yield cut(new Uint8Array(), true);
  yield cutter.end();
}
