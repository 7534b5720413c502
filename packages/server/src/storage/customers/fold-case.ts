/**
 * A text as compared without regard to case: full case folding (Unicode §5.18), by which ß is ss and İ is i with its dot.
 * Each letter is folded by itself, whatever stands beside it, so that the folding of a part is a part of the folded whole.
 * Unicode never changes how a letter that it has is folded.
 */
export function foldCase(text: string): string {
  // The capital of ı is that of i, though they are two letters. The sigma at the end of a word is another one in small letters only.
  const parts = text.toLowerCase().split('ı');
  return parts
    .map((part) => part.toUpperCase().toLowerCase())
    .join('ı')
    .replaceAll('ς', 'σ');
}

/** The keys of earlier versions were made with this. */
export function foldCaseSimply(text: string): string {
  return text.toLowerCase().replaceAll('ς', 'σ');
}
