/** Characters of a piece of lines, about. */
const PIECE_CHARACTERS = 131_072;

/** The next lines of rows that have a text each, as UTF-8; empty at the end. */
export function nextLines(rows: Iterator<unknown[]>): Uint8Array {
  let text = '';
  while (text.length < PIECE_CHARACTERS) {
    const { done, value } = rows.next();
    if (done === true) break;
    text += `${String(value[0])}\n`;
  }
  return Buffer.from(text);
}
