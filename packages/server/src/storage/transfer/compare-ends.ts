import { hash } from 'node:crypto';
import type { TransferTable } from './plan-transfer.js';
import { TableChecksum, type TableSum } from './table-checksum.js';
import type { CustomerCount, TransferSource, TransferTarget } from './transfer-ends.js';

/** A table as it is on both sides. */
export interface ComparedTable {
  readonly name: string;
  readonly source: TableSum;
  readonly target: TableSum;
}

/** The two databases, and what is told of rows that were read. */
export interface Comparison {
  readonly source: TransferSource;
  readonly target: TransferTarget;
  readonly tables: readonly TransferTable[];
  /** So many rows more of a table were read, on either side. */
  onRead(table: string, rows: number): void;
}

/** Reads every row of both databases anew and adds up what is there, and the totals of customers likewise. */
export async function compareEnds({ source, target, tables, onRead }: Comparison): Promise<ComparedTable[]> {
  const compared: ComparedTable[] = [];
  for (const table of tables) {
    const { name } = table;
    const [there, here] = await Promise.all([
      sumOf(source.digests(table), (rows) => onRead(name, rows)),
      sumOf(target.digests(table), (rows) => onRead(name, rows)),
    ]);
    compared.push({ name, source: there, target: here });
  }
  const [there, here] = await Promise.all([source.readCounts(), target.readCounts()]);
  compared.push({ name: 'customer_counts', source: sumOfCounts(there), target: sumOfCounts(here) });
  return compared;
}

/** Whether a table holds the same on both sides. */
export function isEqual({ source, target }: ComparedTable): boolean {
  return source.rows === target.rows && source.checksum === target.checksum;
}

async function sumOf(
  portions: AsyncIterable<readonly Uint8Array[]>,
  onRead: (rows: number) => void,
): Promise<TableSum> {
  const checksum = new TableChecksum();
  for await (const digests of portions) {
    for (const digest of digests) checksum.add(digest);
    onRead(digests.length);
  }
  return checksum.sum();
}

function sumOfCounts(counts: readonly CustomerCount[]): TableSum {
  const checksum = new TableChecksum();
  for (const { team_id, status, live } of counts) {
    checksum.add(hash('sha256', JSON.stringify([team_id, status, live]), 'buffer'));
  }
  return checksum.sum();
}
