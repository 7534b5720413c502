import type { SearchTerms } from './customers/search-text.js';

/** Which of a team's live customers are read; all filters must hold. */
export interface SnapshotSelection {
  readonly teamId: number;
  readonly search?: SearchTerms;
  readonly status?: string;
  /** Milliseconds since 1970, inclusive. */
  readonly createdSince?: number;
  /** Milliseconds since 1970, inclusive. */
  readonly updatedSince?: number;
}

/** What customers have that differs in number. */
export interface SnapshotShape {
  /** Contacts of the one that has most. */
  readonly contacts: number;
  /** Keys of metadata in use, in no order; of many, as many as were asked for. */
  readonly metadataKeys: readonly string[];
}

/** Customers as they were at one moment, whatever is written meanwhile. It holds a connection until it is closed. */
export interface CustomerSnapshot {
  /**
   * Looks through them for what they have.
   *
   * @throws PartnerError `unavailable` when the storage does not answer
   */
  shape(mostKeys: number): Promise<SnapshotShape>;
  /**
   * All of them as they are answered, about in the order in which they were made: pieces of one JSON object to a line, each
   * line whole and with its end. To be read once; nothing is read before it is asked for.
   *
   * @throws PartnerError `unavailable` when the storage does not answer
   */
  lines(): AsyncGenerator<Uint8Array, void>;
  close(): Promise<void>;
}
