import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectFailure } from '../harness/expect-failure.js';
import { createPostgresDatabase } from '../harness/postgres-database.js';
import { makeTemporaryFolder, removeFolder, runProgram } from '../harness/program.js';
import type { TestDatabase } from '../harness/test-database.js';

let database: TestDatabase;

beforeEach(async () => {
  database = await createPostgresDatabase();
});
afterEach(() => database.remove());

/**
 * What of Citus the command works with, as Citus 13 declares it. Placing a table is noted, and nothing more.
 */
const STAND_IN = `
  create table pg_dist_local_group (groupid integer not null);
  insert into pg_dist_local_group values (0);
  create table pg_dist_node (nodeid serial, groupid integer not null, nodename text not null);
  insert into pg_dist_node (groupid, nodename) values (0, 'coordinator'), (1, 'first'), (2, 'second');
  create table pg_dist_partition (logicalrelid regclass primary key, partmethod "char" not null, repmodel "char" not null);
  create table calls (number serial, call text not null);
  create function create_reference_table(table_name regclass) returns void language plpgsql as $$
  begin
    insert into calls (call) values (format('reference %s', table_name));
    insert into pg_dist_partition values (table_name, 'n', 't')
      on conflict (logicalrelid) do update set repmodel = 't';
  end $$;
  create type distribution_type as enum ('hash', 'range', 'append');
  create function create_distributed_table(table_name regclass, distribution_column text,
    distribution_type distribution_type default 'hash', colocate_with text default 'default', shard_count int default null)
  returns void language plpgsql as $$
  begin
    insert into calls (call)
      values (format('%s by %s of %s beside %s', distribution_type, distribution_column, table_name, colocate_with));
    insert into pg_dist_partition values (table_name, 'h', 's');
  end $$`;

const CALLS = [
  'reference teams',
  'reference apps',
  'reference token_grants',
  'hash by team_id of customers beside none',
  'hash by team_id of customer_versions beside customers',
  'hash by team_id of imports beside customers',
  'hash by team_id of customer_merges beside customers',
  'hash by team_id of customer_counts beside customers',
  'hash by team_id of customer_match_keys beside customers',
  'hash by team_id of customer_match_progress beside customers',
  'hash by team_id of customer_pairs beside customers',
  'hash by team_id of customer_not_duplicates beside customers',
  'hash by team_id of idempotent_answers beside customers',
  'hash by team_id of request_marks beside customers',
  'hash by team_id of webhooks beside customers',
  'hash by team_id of webhook_events beside customers',
  'hash by team_id of webhook_deliveries beside customers',
  'hash by team_id of webhook_attempts beside customers',
];

async function calls(): Promise<string[]> {
  return (await database.sql('select call from calls order by number')).map(({ call }) => String(call));
}

function migrate(...args: string[]) {
  return runProgram(['migrate', ...args], { environment: { COUNTERSIGN_DATABASE_URL: database.url } });
}

describe('countersign migrate --citus', () => {
  test('makes reference tables first, then spreads the others by team, all beside the first', async () => {
    await database.sql(STAND_IN);
    const { exitCode, stdout } = await migrate('--citus', '--json');
    expect(exitCode).toBe(0);
    expect(await calls()).toEqual(CALLS);
    expect(JSON.parse(stdout)).toEqual({
      schemaVersion: expect.any(Number),
      distributed: CALLS.flatMap((call) => / of (\w+) beside/.exec(call)?.[1] ?? []),
      reference: ['teams', 'apps', 'token_grants'],
    });
  });

  test('places nothing twice when it is run again', async () => {
    await database.sql(STAND_IN);
    expect((await migrate('--citus')).exitCode).toBe(0);
    expect((await migrate('--citus')).exitCode).toBe(0);
    expect(await calls()).toEqual(CALLS);
  });

  test('goes on behind a step that failed, and says which', async () => {
    await database.sql(STAND_IN);
    await database.sql(
      "alter table pg_dist_partition add constraint no_room check (logicalrelid <> 'customer_counts'::regclass)",
    );
    expectFailure(await migrate('--citus'), /Citus did not place the table customer_counts, and says: .* "no_room"/);
    await database.sql('alter table pg_dist_partition drop constraint no_room');
    expect((await migrate('--citus')).exitCode).toBe(0);
    expect(await calls()).toEqual(CALLS);
  });

  test('makes a reference table of one that Citus keeps on the coordinator', async () => {
    await database.sql(`${STAND_IN}; insert into pg_dist_partition values ('teams', 'n', 's')`);
    expect((await migrate('--citus')).exitCode).toBe(0);
    expect(await calls()).toEqual(CALLS);
  });

  test('refuses a database without Citus', async () => {
    expectFailure(await migrate('--citus'), /has no Citus/);
  });

  test('refuses a worker', async () => {
    await database.sql(`${STAND_IN}; update pg_dist_local_group set groupid = 1`);
    expectFailure(await migrate('--citus'), /worker/);
    expect(await calls()).toEqual([]);
  });

  test('refuses nodes that do not know their coordinator', async () => {
    await database.sql(`${STAND_IN}; delete from pg_dist_node where groupid = 0`);
    expectFailure(await migrate('--citus'), /citus_set_coordinator_host/);
    expect(await calls()).toEqual([]);
  });

  test('takes a cluster that has no other node yet', async () => {
    await database.sql(`${STAND_IN}; delete from pg_dist_node`);
    expect((await migrate('--citus')).exitCode).toBe(0);
    expect(await calls()).toEqual(CALLS);
  });

  test('refuses an SQLite database', async () => {
    const folder = makeTemporaryFolder();
    const environment = { COUNTERSIGN_DATABASE_URL: `sqlite:${folder}/countersign.db` };
    expectFailure(await runProgram(['migrate', '--citus'], { environment }), /SQLite/);
    removeFolder(folder);
  });

  test('is not needed to migrate', async () => {
    await database.sql(STAND_IN);
    expect((await migrate()).exitCode).toBe(0);
    expect(await calls()).toEqual([]);
  });
});
