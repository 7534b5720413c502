import type { PostgresSession } from '../../postgres/connections/postgres-session.js';
import type { TransferTable } from '../plan-transfer.js';
import { INDEX_ENTRY } from '../transfer-journal.js';
import { TRANSFER_TABLE } from '../unfinished-transfer.js';

/** Indexes that are made at the same time. */
const AT_ONCE = 2;
/** Memory for making one, where the server's own setting is smaller. */
const MEMORY_MB = 256;

/** Indexes of a table that no constraint needs, the ones that take longest first. */
const INDEXES = `select c.relname as name, pg_get_indexdef(i.indexrelid) as text
  from pg_index i join pg_class c on c.oid = i.indexrelid join pg_class t on t.oid = i.indrelid
  where t.relnamespace = current_schema()::regnamespace and t.relname = any($1)
    and not exists (select 1 from pg_constraint k where k.conindid = i.indexrelid)
  order by c.relname`;

interface PutOffIndex {
  readonly name: string;
  readonly text: string;
}

/**
 * Drops every index that rows can be copied without, and writes down how it is made again: to make one at the end costs a
 * fraction of keeping it while rows come. Inside the transaction that begins a transfer.
 */
export async function putOffPostgresIndexes(session: PostgresSession, tables: readonly TransferTable[]): Promise<void> {
  const indexes = await session.all<PutOffIndex>(INDEXES, [tables.map(({ name }) => name)]);
  for (const { name, text } of indexes) {
    await session.run(`insert into ${TRANSFER_TABLE} (name, value) values ($1, $2)`, [INDEX_ENTRY + name, text]);
    await session.execute(`drop index "${name}"`);
  }
}

/** Makes the indexes that were put off and are not there yet, some at once. @throws the driver's error */
export async function makePostgresIndexes(open: () => Promise<PostgresSession>): Promise<void> {
  const sessions = await Promise.all(Array.from({ length: AT_ONCE }, open));
  try {
    const [first] = sessions;
    const waiting = (await first?.all<PutOffIndex>(WAITING, [INDEX_ENTRY])) ?? [];
    await Promise.all(
      sessions.map(async (session) => {
        for (let index = waiting.shift(); index !== undefined; index = waiting.shift()) await makeIndex(session, index);
      }),
    );
  } finally {
    await Promise.all(sessions.map((session) => session.close()));
  }
}

// A text index takes as long as all others together.
const WAITING = `select name, value as text from ${TRANSFER_TABLE} where starts_with(name, $1)
  order by value ~ 'using gin' desc, name`;

async function makeIndex(session: PostgresSession, { name, text }: PutOffIndex): Promise<void> {
  await session.transact(async () => {
    await session.execute(
      `select set_config('maintenance_work_mem', greatest(setting::bigint, ${MEMORY_MB * 1024})::text || 'kB', true)
         from pg_settings where name = 'maintenance_work_mem'`,
    );
    await session.execute(text);
    await session.run(`delete from ${TRANSFER_TABLE} where name = $1`, [name]);
  });
}
