import { randomBytes } from 'node:crypto';
import { Client, type ClientConfig, types } from 'pg';

/** A row as it is stored; whole numbers are numbers. */
export type Row = Record<string, unknown>;

const INT8 = 20;

const numbers: ClientConfig['types'] = {
  getTypeParser: (id: number, format?: 'text' | 'binary') =>
    id === INT8 && format !== 'binary' ? Number : types.getTypeParser(id, format),
};

/** Runs SQL on a PostgreSQL database, one statement or several, over a connection of its own. */
export async function runPostgresSql(url: string, text: string): Promise<Row[]> {
  const client = new Client({ connectionString: url, types: numbers });
  await client.connect();
  try {
    return (await client.query<Row>(text)).rows;
  } finally {
    await client.end();
  }
}

/** The URL of another database on the same server. */
export function besidePostgresUrl(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}

/** A name for a database that no other has. */
export function newDatabaseName(purpose: string): string {
  return `countersign_${purpose}_${randomBytes(8).toString('hex')}`;
}
