/** A UUID as an engine gives it: bytes on SQLite, text on PostgreSQL. */
export type StoredUuid = Uint8Array | string;

/** The text of a UUID that the database holds. */
export function uuidText(stored: StoredUuid): string {
  if (typeof stored === 'string') return stored;
  const hex = Buffer.from(stored).toString('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
