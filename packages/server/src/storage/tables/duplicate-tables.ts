import type { StoredUuid } from '../uuid-text.js';

/** The tables by which customers are found that may be the same, contract §7.2. */
export interface DuplicateTables {
  customer_match_keys: CustomerMatchKeysTable;
  customer_match_progress: CustomerMatchProgressTable;
  customer_pairs: CustomerPairsTable;
  customer_not_duplicates: CustomerNotDuplicatesTable;
}

interface CustomerMatchKeysTable {
  team_id: number;
  uuid: StoredUuid;
  /** 48 bits of a hash of what others like it have, too. */
  key: number;
}

interface CustomerMatchProgressTable {
  team_id: number;
  /** Whatever changed up to here has its keys: the time and the UUID of the last change that was looked at. */
  changed_at: number;
  uuid: StoredUuid;
}

/** Customers that may be the same; each pair in both directions. */
interface CustomerPairsTable {
  team_id: number;
  uuid: StoredUuid;
  other_uuid: StoredUuid;
  /** What their score lacks to 1, in hundredths: so the strongest pairs come first. */
  doubt: number;
}

/** Customers that somebody declared to be different; each pair in both directions. */
interface CustomerNotDuplicatesTable {
  team_id: number;
  uuid: StoredUuid;
  other_uuid: StoredUuid;
  declared_at: number;
}
