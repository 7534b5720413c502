import { statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as passTime } from 'node:timers/promises';
import type { Customer } from '@countersign/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, createCaller } from '../harness/caller.js';
import { uniqueText } from '../harness/customers.js';
import { makeTemporaryFolder, removeFolder, runProgram } from '../harness/program.js';
import { startServer, type TestServer } from '../harness/server.js';
import { findFileFaults } from '../harness/sqlite-database.js';

const WRITERS = 8;

const folder = makeTemporaryFolder();
const backup = join(folder, 'backup.db');
const restored = join(folder, 'restored', 'countersign.db');
let server: TestServer;
let caller: Caller;
let writers: readonly Writer[];
/** What each writer had been answered when the backup began. */
let answeredBefore: readonly number[];

/** Makes customers one after the other, each after the answer to the last. */
interface Writer {
  readonly mark: string;
  readonly answered: readonly Customer[];
  run(isOver: () => boolean): Promise<void>;
}

function writer(): Writer {
  const mark = uniqueText('w');
  const answered: Customer[] = [];
  return {
    mark,
    answered,
    async run(isOver) {
      while (!isOver()) {
        const number = answered.length;
        const body = {
          customer: `${mark} ${number}`,
          email: `${mark}.${number}@acme.example`,
          notes: 'n'.repeat(1_000),
        };
        const { status, data } = await caller.post('/customers', body);
        expect(status).toBe(201);
        answered.push(data.customer);
      }
    },
  };
}

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
  writers = Array.from({ length: WRITERS }, writer);
  let isOver = false;
  const runs = writers.map((one) => one.run(() => isOver));
  while (countAnswered() < 500) await passTime(1);
  const before = writers.map(({ answered }) => answered.length);
  answeredBefore = before;
  const { exitCode, stderr } = await server.command(['backup', backup, '--json']);
  expect(exitCode, stderr).toBe(0);
  expect(countAnswered()).toBeGreaterThan(before.reduce((sum, count) => sum + count, 0));
  isOver = true;
  await Promise.all(runs);
});
afterAll(async () => {
  await server.stop();
  removeFolder(folder);
});

function countAnswered(): number {
  return writers.reduce((sum, { answered }) => sum + answered.length, 0);
}

describe('a backup that is taken while eight clients write', () => {
  test('is one whole file that only its owner may read', () => {
    expect(statSync(backup).mode & 0o777).toBe(0o600);
    expect(findFileFaults(backup)).toEqual([]);
  });

  test('restores to a server with all that was answered before it began, and of what came later only what came first', async () => {
    const environment = { ...server.environment, COUNTERSIGN_DATABASE_URL: `sqlite:${restored}` };
    const { exitCode, stderr } = await runProgram(['restore', backup], { environment });
    expect(exitCode, stderr).toBe(0);
    const other = await startServer({ environment });
    const reader = createCaller({ ...caller, url: other.url });
    for (const [index, { mark, answered }] of writers.entries()) {
      const found = await findAll(reader, mark);
      expect(found.length).toBeGreaterThanOrEqual(answeredBefore[index] ?? 0);
      expect(found.length).toBeLessThanOrEqual(answered.length);
      expect(found).toEqual(answered.slice(0, found.length));
    }
    expect(await other.end('SIGTERM')).toBe(0);
    expect(findFileFaults(restored)).toEqual([]);
    await other.stop();
  });

  test('leaves the server as it was', async () => {
    expect(server.log()).toBe('');
    const { data } = await caller.get('/customers', { query: { limit: 1 } });
    expect(data.pagination.total).toBe(countAnswered());
  });
});

/** A writer's customers by search, oldest first. */
async function findAll(reader: Caller, search: string): Promise<Customer[]> {
  const found: Customer[] = [];
  let cursor: string | null = null;
  do {
    const query: Record<string, string | number> = { search, orderBy: 'createdAt', limit: 100 };
    const { status, data } = await reader.get('/customers', { query: cursor === null ? query : { ...query, cursor } });
    expect(status).toBe(200);
    found.push(...data.customers);
    cursor = data.pagination.nextCursor;
  } while (cursor !== null);
  return found.sort((a, b) => numberOf(a) - numberOf(b));
}

function numberOf({ customer }: Customer): number {
  return Number(customer.split(' ')[1]);
}
