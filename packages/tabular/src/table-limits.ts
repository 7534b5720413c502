const MIB = 1_048_576;

/** What a file may have. Text and JSON Lines may be of any size; a workbook is held in memory, so it may not. */
export const TABLE_LIMITS = {
  /** UTF-16 code units in one cell. */
  cell: MIB,
  /** UTF-16 code units in one row. */
  row: 8 * MIB,
  columns: 16_384,
  /** Bytes of a workbook as it is stored. */
  workbookBytes: 64 * MIB,
  /** Bytes of the parts of a workbook that are read, once inflated. */
  inflatedBytes: 256 * MIB,
  /** Entries in the archive of a workbook. */
  entries: 10_000,
  /** Bytes that encoding, delimiter and quotes are found from. */
  headBytes: MIB / 4,
  /** Rows that the header is looked for in. */
  headerRows: 20,
  /** Rows of `sample`. */
  sampleRows: 50,
} as const;
