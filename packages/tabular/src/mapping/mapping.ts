/** How a column found its field: by its exact path, a system's export, its name, a similar name, its contents, or by hand. */
export const MAPPED_BY = ['exact', 'system', 'name', 'similar', 'content', 'hand'] as const;

/** A column and its field. */
export interface MappedColumn {
  /** Name in the header. */
  readonly column: string;
  /** Path such as `contacts[1].email`; null when the column is passed over on purpose. */
  readonly field: string | null;
  readonly how: (typeof MAPPED_BY)[number];
}

/** Which columns of a table are which fields of a customer; plain JSON, to be looked at, changed and kept. */
export interface Mapping {
  readonly version: 1;
  /** The system whose export it is, where it was recognised. */
  readonly system?: string;
  /** Whether white space around texts, and marks that other programs put before numbers, are taken away. */
  readonly tidy: boolean;
  /** Required fields that come from the first contact where their own column is empty. */
  readonly fill: readonly ('customer' | 'email')[];
  readonly columns: readonly MappedColumn[];
  /** Columns without a field. */
  readonly unmapped: readonly string[];
}
