/**
 * A text as compared without regard to case. Folding a part gives a part of the folded whole, so that a search finds
 * any piece: the final form of the Greek sigma, the one letter that depends on its place, is folded with the others.
 */
export function foldCase(text: string): string {
  const lower = text.toLowerCase();
  return lower.includes('ς') ? lower.replaceAll('ς', 'σ') : lower;
}

/** The form of an email address under which it is unique: composed (NFC) and case-folded, contract §3.1. */
export function emailKey(email: string): string {
  return foldCase(email.normalize('NFC'));
}
