/** One way in which a part of the base string, or the key, may have been made. */
export interface Guess<T> {
  readonly value: T;
  /** What should have been done instead, to follow "The signature would verify if"; undefined for what is right. */
  readonly mistake: string | undefined;
}

/** Two mistakes in one sentence. */
export function joined(first: string | undefined, second: string | undefined): string | undefined {
  if (first === undefined) return second;
  return second === undefined ? first : `${first}, and ${second}`;
}
