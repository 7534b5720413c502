import { PartnerError } from '@countersign/contract';
import type { CustomerSnapshot, SnapshotSelection, SnapshotShape } from '../../customer-snapshot.js';
import { conditionsOf, type Fragment, teamKeys } from '../search/list-conditions.js';
import type { AskedReader } from './asked-reader.js';

/** Customers as a reader thread of their own sees them, in its one read transaction. */
export class SqliteSnapshot implements CustomerSnapshot {
  readonly #reader: AskedReader;
  readonly #selected: Fragment;
  readonly #onClose: () => void;
  #closing: Promise<void> | undefined;

  /**
   * @param reader one that was started for a snapshot
   * @param selection which customers
   * @param onClose called when nothing of it is held any more
   */
  constructor(reader: AskedReader, selection: SnapshotSelection, onClose: () => void) {
    this.#reader = reader;
    this.#selected = selectedBy(selection);
    this.#onClose = onClose;
  }

  async shape(mostKeys: number): Promise<SnapshotShape> {
    const { text, parameters } = this.#selected;
    const [row] = await this.#reader.all<{ most: number | null }>(
      `select max(json_array_length(c.body, '$.contacts')) as most from ${CUSTOMERS} where ${text}`,
      parameters,
    );
    const keys = await this.#reader.all<{ name: string }>(
      `select distinct k.key as name from ${CUSTOMERS} join json_each(c.body, '$.metadata') k where ${text} limit ?`,
      [...parameters, mostKeys],
    );
    return { contacts: row?.most ?? 0, metadataKeys: keys.map(({ name }) => name) };
  }

  async *lines(): AsyncGenerator<Uint8Array, void> {
    const { text, parameters } = this.#selected;
    for (;;) {
      if (this.#closing !== undefined) throw new PartnerError('unavailable');
      const piece = await this.#reader.nextLines(
        `select c.body from ${CUSTOMERS} where ${text} order by c.id`,
        parameters,
      );
      if (piece.length === 0) return;
      yield piece;
    }
  }

  close(): Promise<void> {
    this.#closing ??= this.#reader.close().then(this.#onClose);
    return this.#closing;
  }
}

/** In the order of the table itself, which no index has to be taken for. */
const CUSTOMERS = 'customers c not indexed';

function selectedBy(selection: SnapshotSelection): Fragment {
  const { text, parameters } = conditionsOf(selection);
  return {
    text: `c.id between ? and ? and ${text}`,
    parameters: [...teamKeys(selection.teamId), ...parameters],
  };
}
