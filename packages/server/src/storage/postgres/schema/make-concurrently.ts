import { setTimeout as wait } from 'node:timers/promises';
import { type ClientBase, DatabaseError } from 'pg';
import type { ConcurrentIndex } from '../../migrations/migration.js';

/** How often an index that another process makes is looked at, in milliseconds. */
const LOOK_EVERY_MS = 200;
/** What the server says of an index whose name is taken, and of a name that another takes at the same moment. */
const TAKEN = new Set(['42P07', '23505']);

/** How far an index is; one that is invalid and that nobody is at was left by a process that was ended. */
const STATE = `select i.indisvalid as "isValid", exists (
    select from pg_stat_progress_create_index p where p.index_relid = i.indexrelid) as "isInFlight"
  from pg_index i where i.indexrelid = to_regclass($1)`;

interface IndexState {
  readonly isValid: boolean;
  readonly isInFlight: boolean;
}

/**
 * Makes an index while others write, unless it is there. Any number of processes may do so at once. No lock is held
 * meanwhile: the server waits for whoever reads, and so for whoever waits for a lock.
 *
 * @throws the driver's error
 */
export async function makeConcurrently(client: ClientBase, { name, on }: ConcurrentIndex): Promise<void> {
  for (;;) {
    const { rows } = await client.query<IndexState>(STATE, [name]);
    const [state] = rows;
    if (state?.isValid === true) return;
    if (state === undefined) await tryToMake(client, `create index concurrently ${name} on ${on}`);
    else if (state.isInFlight) await wait(LOOK_EVERY_MS);
    else await client.query(`drop index concurrently if exists ${name}`);
  }
}

async function tryToMake(client: ClientBase, text: string): Promise<void> {
  try {
    await client.query(text);
  } catch (error) {
    if (!(error instanceof DatabaseError) || !TAKEN.has(error.code ?? '')) throw error;
    // The other one may not have said yet that it is at it.
    await wait(LOOK_EVERY_MS);
  }
}
