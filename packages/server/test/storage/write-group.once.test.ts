import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PartnerError } from '@countersign/contract';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SqliteConnection } from '../../src/storage/sqlite/connection.js';
import { commitGroup } from '../../src/storage/sqlite/writer/write-group.js';
import type { WriteJob } from '../../src/storage/sqlite/writer/writer-messages.js';
import { statement } from '../../src/storage/statement.js';
import { command, type Transaction } from '../../src/storage/storage.js';

const folder = mkdtempSync(join(tmpdir(), 'countersign-group-'));
let connection: SqliteConnection;

const insertUser = statement<{ email: string }>()(({ db, param }) =>
  db.insertInto('users').values({ uuid: '', email: param('email'), email_key: '', password_hash: '', created_at: 0 }),
);
const insertTwice = statement<{ email: string }>()(({ db, param }) =>
  db
    .insertInto('users')
    .orReplace()
    .values({ uuid: '', email: param('email'), email_key: 'undone', password_hash: '', created_at: 0 }),
);
const endAll = statement<object>()(({ db }) => db.selectNoFrom(sql.lit(1).as('one')).modifyFront(sql`commit; --`));

type Work = (tx: Transaction, email: string) => Promise<unknown>;

/** What may befall a group, by name; each has stored its row by then. */
const FAILURES: Readonly<Record<string, Work>> = {
  'throws no error': async () => Promise.reject('a text'),
  'throws undefined': async () => Promise.reject(undefined),
  'refuses with details that cannot be copied': async () => {
    throw new PartnerError('validation_error', undefined, { details: { broken: () => undefined } });
  },
  'gives what cannot be copied': async () => ({ broken: () => undefined }),
  'gives a class': async () => new PartnerError('unavailable'),
  'gives what goes round': async () => {
    const round: { self?: unknown } = {};
    round.self = round;
    return round;
  },
  'throws at its first line': () => {
    throw new Error('at once');
  },
  'leaves an attempt open': async (tx, email) => {
    const unawaited = tx.attempt(async () => {
      await tx.run(insertUser, { email: `${email}-late` });
      await new Promise<void>((resolve) => setImmediate(resolve));
      await tx.run(insertUser, { email: `${email}-later` });
    });
    unawaited.catch(() => undefined);
    throw new Error('without waiting');
  },
  'loses the whole transaction': async (tx, email) => tx.run(insertTwice, { email }),
  'tries to commit': async (tx) => tx.run(endAll, {}),
};

const store = command<string, string>({
  name: 'test-store',
  run: async (tx, email) => {
    await tx.run(insertUser, { email });
    return email;
  },
});
for (const [name, work] of Object.entries(FAILURES)) {
  command<string, unknown>({
    name: `test: ${name}`,
    run: async (tx, email) => {
      await tx.run(insertUser, { email });
      return work(tx, email);
    },
  });
}

beforeAll(() => {
  connection = new SqliteConnection(join(folder, 'group.db'), 'writer');
  connection.execute(`create table users (id integer primary key, uuid, email text, email_key text, password_hash text,
    created_at integer);
    create trigger lost before insert on users when new.email_key = 'undone' begin select raise(rollback, 'lost'); end`);
});
afterAll(() => {
  connection.close();
  rmSync(folder, { recursive: true });
});

function jobsAround(name: string): WriteJob[] {
  const job = (id: number, of: string) => ({ id, command: of, handedInAt: 0, input: `${name} ${id}` });
  return [job(1, store.name), job(2, name), job(3, store.name)];
}

function storedEmails(): string[] {
  return connection.allText<{ email: string }>('select email from users order by id', []).map(({ email }) => email);
}

describe.each([...Object.keys(FAILURES).map((name) => `test: ${name}`), 'a command that nobody made'])('%s', (name) => {
  test('fails itself, and no other write of its group', async () => {
    const before = storedEmails();
    const outcomes = await commitGroup(connection, jobsAround(name));
    await new Promise<void>((resolve) => setImmediate(resolve));
    expect(outcomes.map(({ id, ok }) => [id, ok])).toEqual([
      [1, true],
      [2, false],
      [3, true],
    ]);
    expect(storedEmails().slice(before.length)).toEqual([`${name} 1`, `${name} 3`]);
    expect(connection.isInTransaction).toBe(false);
    expect(() => structuredClone(outcomes)).not.toThrow();
  });
});

test('a name is given to one command alone', () => {
  expect(() => command({ name: store.name, run: async () => undefined })).toThrow('two commands');
});
