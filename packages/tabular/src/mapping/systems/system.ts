/** The columns of a system's export. */
export interface System {
  readonly name: string;
  /** Columns that hardly any other system has; one of them is enough to recognise it. */
  readonly signs: readonly string[];
  /** Fields by column; null for what is passed over though its name would mean something. */
  readonly columns: Readonly<Record<string, string | null>>;
  /** Columns with the caller's own names: the first group is the key in `metadata`. */
  readonly metadata?: RegExp;
}
