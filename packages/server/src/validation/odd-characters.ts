/** Whether a text has a NUL or half of a surrogate pair, which no database stores faithfully, contract §3.1. */
export function hasOddCharacters(text: string): boolean {
  return text.includes('\0') || !text.isWellFormed();
}
