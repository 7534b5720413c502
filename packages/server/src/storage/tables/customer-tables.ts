import type { Generated } from 'kysely';
import type { StoredUuid } from '../uuid-text.js';

/** The tables that hold customers, what they were, and what their changes belong to. */
export interface CustomerTables {
  customers: CustomersTable;
  customer_versions: CustomerVersionsTable;
  customer_merges: CustomerMergesTable;
  imports: ImportsTable;
}

interface CustomersTable {
  /** Internal, time-ordered; the clustering key on SQLite, and nowhere else. */
  id: Generated<number>;
  team_id: number;
  uuid: StoredUuid;
  status: string;
  created_at: number;
  updated_at: number;
  deleted_at: number | null;
  version: number;
  name_key: string;
  email_key: string;
  /** Digits of all phones. */
  phone_key: string;
  /** All that is searched but digits, folded, with U+001F between; null where an earlier program wrote the row. */
  search_text: string | null;
  /** The version that the keys were made for; none, or another than `version`, where an earlier program wrote the row. */
  keyed_version: number | null;
  external_id: string | null;
  /** What made the version that the row has, and who; null where it was made before there was a history. */
  made_by: string | null;
  /** The import that the version belongs to, as long as it can be taken back. */
  import_uuid: StoredUuid | null;
  /** The customer that it was merged into, and is out of every read for. */
  merged_into: Generated<StoredUuid | null>;
  /** The customer object as answered, JSON. */
  body: string;
}

/** The customers that are merged into another one now. */
interface CustomerMergesTable {
  team_id: number;
  customer_uuid: StoredUuid;
  into_uuid: StoredUuid;
  /** The version that the other one got by it. */
  into_version: number;
  /** What the other one has of it, JSON. */
  taken: string;
}

/** What customers were before they were changed. */
interface CustomerVersionsTable {
  team_id: number;
  customer_uuid: StoredUuid;
  version: number;
  updated_at: number;
  /** 1 where it was out of every read then. */
  is_deleted: number;
  made_by: string | null;
  /** The import that the version belongs to, as long as it can be taken back. */
  import_uuid: StoredUuid | null;
  body: string;
}

/** Names for batches of changes, with what they came to. */
interface ImportsTable {
  team_id: number;
  uuid: StoredUuid;
  name: string;
  /** Rows that are to come, where that is known. */
  total: number | null;
  status: string;
  created: number;
  updated: number;
  unchanged: number;
  failed: number;
  created_at: number;
  /** Who made it, as `authorText` says. */
  author: string;
}
