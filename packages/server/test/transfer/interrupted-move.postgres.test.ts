import { randomBytes, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from '@photostructure/sqlite';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectFailure } from '../harness/expect-failure.js';
import { runPostgresSql } from '../harness/postgres-sql.js';
import { type PrivatePostgres, startPrivatePostgres } from '../harness/private-postgres.js';
import {
  collectText,
  makeTemporaryFolder,
  newMasterKey,
  type Outcome,
  removeFolder,
  runProgram,
  spawnProgram,
} from '../harness/program.js';
import { emptyPostgresDatabases } from './empty-postgres.js';
import { readStoredRows, type StoredRows } from './stored-rows.js';

/** So many that a move takes many steps. */
const CUSTOMERS = 60_000;

const databases = emptyPostgresDatabases();
const folder = makeTemporaryFolder();
const file = join(folder, 'source.db');
const source = `sqlite:${file}`;
let before: StoredRows;

beforeAll(async () => {
  const args = ['team', 'create', '--name', 'Many', '--database-url', source];
  expect((await runProgram(args)).exitCode).toBe(0);
  storeCustomers();
  before = await readStoredRows(source);
});
afterAll(async () => {
  await databases.remove();
  removeFolder(folder);
});

/** Customers as a server stores them, without the time that it takes. */
function storeCustomers(): void {
  const database = new DatabaseSync(file);
  const insert = database.prepare(`insert into customers (team_id, uuid, status, created_at, updated_at, version,
    name_key, email_key, phone_key, external_id, body) values (1, ?, 'active', ?, ?, 1, ?, ?, '', null, ?)`);
  database.exec('begin');
  for (let count = 0; count < CUSTOMERS; count++) {
    const uuid = randomUUID();
    const email = `${randomBytes(8).toString('hex')}@acme.example`;
    const body = JSON.stringify({ uuid, email, status: 'active', version: 1, notes: 'n'.repeat(700) });
    insert.run(Buffer.from(uuid.replaceAll('-', ''), 'hex'), count, count, `acme ${count}`, email, body);
  }
  database.exec('commit');
  database.close();
}

const move = (to: string): Promise<Outcome> => runProgram(['migrate-data', '--from', source, '--to', to, '--json']);

/** How many customers a move that was begun has noted as copied. */
async function countCopied(target: string): Promise<number> {
  const [row] = await runPostgresSql(
    target,
    "select (value::json ->> 'rows')::integer as rows from data_move where name = 'table customers'",
  );
  return Number(row?.rows ?? 0);
}

/** Starts a move, and waits until it has copied more customers than these. */
async function startMove(target: string, copied: number) {
  const child = spawnProgram(['migrate-data', '--from', source, '--to', target]);
  const log = collectText(child.stderr);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  while ((await countCopied(target).catch(() => 0)) <= copied) {
    if (child.exitCode !== null) throw new Error(`the move ended before it had copied so many: ${log()}`);
  }
  return { child, log, ended };
}

async function killMove(target: string, copied: number): Promise<number> {
  const { child, ended } = await startMove(target, copied);
  child.kill('SIGKILL');
  await ended;
  return countCopied(target);
}

const serve = (url: string) =>
  runProgram(['serve'], {
    environment: { COUNTERSIGN_DATABASE_URL: url, COUNTERSIGN_MASTER_KEY: newMasterKey(), COUNTERSIGN_PORT: '0' },
  });

describe('a move that is killed in the middle, twice', () => {
  let target: string;

  beforeAll(async () => {
    target = await databases.create();
  });

  test('goes on where it was', async () => {
    const first = await killMove(target, 0);
    const second = await killMove(target, first);
    expect([first > 0, second > first, second < CUSTOMERS]).toEqual([true, true, true]);
    expect(await runPostgresSql(target, 'select count(*) as count from customers')).toEqual([{ count: second }]);
  });

  test('leaves a target that no server and no command takes for whole', async () => {
    expectFailure(await serve(target), /not all there: run "countersign migrate-data" again/);
    expectFailure(await runProgram(['team', 'create', '--name', 'x', '--database-url', target]), /not all there/);
    expectFailure(await runProgram(['migrate', '--database-url', target]), /not all there/);
  });

  test('is not mixed with a move from elsewhere', async () => {
    const other = join(folder, 'other.db');
    await runProgram(['team', 'create', '--name', 'Other', '--database-url', `sqlite:${other}`]);
    const outcome = await runProgram(['migrate-data', '--from', `sqlite:${other}`, '--to', target]);
    expectFailure(outcome, /A move from .*source\.db into this database has begun/);
  });

  test('ends with every row there, once', async () => {
    const { exitCode, stderr } = await move(target);
    expect(exitCode, stderr).toBe(0);
    expect(stderr).not.toMatch(/copying begins: 0 of/);
    expect(await readStoredRows(target)).toEqual(before);
    expectFailure(await move(target), /is not empty/);
  });
});

describe('what differs between the two at the end', () => {
  const tamper = async (text: string): Promise<Outcome> => {
    const target = await databases.create();
    await killMove(target, 0);
    await runPostgresSql(target, text);
    const outcome = await move(target);
    expectFailure(await serve(target), /not all there/);
    return outcome;
  };
  const FIRST = '(select uuid from customers order by created_at limit 1)';

  test('is found, though it is one letter of one row', async () => {
    const outcome = await tamper(
      `update customers set body = replace(body, '"status":"active"', '"status":"bctive"') where uuid = ${FIRST}`,
    );
    expectFailure(last(outcome), /Not everything arrived as it was: customers \(60000 rows, other contents\)/);
  });

  test('is found, though it is one row that has gone', async () => {
    const outcome = await tamper(`delete from customers where uuid = ${FIRST}`);
    expectFailure(last(outcome), /customers \(60000 rows there, 59999 here\)/);
  });
});

/** An outcome without what was told of the way there. */
function last({ exitCode, stdout, stderr }: Outcome): Outcome {
  return { exitCode, stdout, stderr: `${stderr.trim().split('\n').at(-1) ?? ''}\n` };
}

describe('a PostgreSQL that loses power in the middle of a move', () => {
  let postgres: PrivatePostgres;

  beforeAll(async () => {
    postgres = await startPrivatePostgres();
  });
  afterAll(() => postgres.remove());

  test('loses no row that the move counts as copied', async () => {
    const target = await postgres.createDatabase('moved');
    const { log, ended } = await startMove(target, 10_000);
    await postgres.stop('immediate');
    expect(await ended).toBe(1);
    expect(log()).toMatch(/Cannot use the database .*\/moved: .*\.\n$/);
    await postgres.start();
    const copied = await countCopied(target);
    expect(await runPostgresSql(target, 'select count(*) as count from customers')).toEqual([{ count: copied }]);
    expect((await move(target)).exitCode).toBe(0);
    expect(await readStoredRows(target)).toEqual(before);
  });
});
