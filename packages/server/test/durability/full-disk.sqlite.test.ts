import type { ChildProcess } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Customer, CustomerInput } from '@countersign/contract';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller, WireAnswer } from '../harness/caller.js';
import { smallCustomer, uniqueText } from '../harness/customers.js';
import { collectText, newMasterKey, runProgram, spawnProgram } from '../harness/program.js';
import { startServer, type TestServer } from '../harness/server.js';
import { findFileFaults } from '../harness/sqlite-database.js';
import { openLimitedFolder, openSmallDisk, type SmallDisk } from './small-disk.js';

const MEBIBYTE = 1_048_576;
/** The log is copied into the database file from this size on; a disk may be too full for that, too. */
const CHECKPOINT_BYTES = 41 * MEBIBYTE;

/** A server on a disk that can be filled, and its process. */
interface ServerOnDisk {
  readonly server: TestServer;
  readonly caller: Caller;
  readonly disk: SmallDisk;
  readonly file: string;
  readonly process: ChildProcess;
  log(): string;
}

async function startOnDisk(disk: SmallDisk): Promise<ServerOnDisk> {
  const file = join(disk.folder, 'countersign.db');
  const server = await startServer({ environment: { COUNTERSIGN_DATABASE_URL: `sqlite:${file}` } });
  const caller = await server.createCaller();
  await server.end('SIGTERM');
  // Started once more here: the limits are set on the process by its number.
  const process = spawnProgram(['serve'], {
    environment: { ...server.environment, COUNTERSIGN_PORT: new URL(server.url).port },
  });
  const log = collectText(process.stderr);
  await new Promise<void>((resolve, reject) => {
    process.stdout?.once('data', () => resolve());
    process.once('close', () => reject(new Error(`the server did not start: ${log()}`)));
  });
  return { server, caller, disk, file, process, log };
}

function endProcess(process: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  const ended = new Promise<number | null>((resolve) => process.once('close', resolve));
  process.kill(signal);
  return ended;
}

function pidOf({ process }: ServerOnDisk): number {
  if (process.pid === undefined) throw new Error('the server has no process');
  return process.pid;
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** A customer of about 30 KB. */
function largeCustomer(): CustomerInput {
  const metadata = Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`key-${index}`, 'v'.repeat(500)]));
  return smallCustomer({ customer: `Large ${uniqueText('n')}`, notes: 'n'.repeat(5_000), metadata });
}

/** What was sent and acknowledged, and what was sent and refused. */
interface Written {
  readonly acknowledged: Customer[];
  readonly refused: { readonly input: CustomerInput; readonly key: string }[];
}

async function createOne(caller: Caller, written: Written): Promise<WireAnswer> {
  const input = largeCustomer();
  const key = uniqueText('key-');
  const answer = await caller.post('/customers', input, { headers: { 'idempotency-key': key } });
  if (answer.status === 201) written.acknowledged.push(answer.data.customer);
  else written.refused.push({ input, key });
  return answer;
}

/** Creates customers, four at a time, until eight of them were refused. */
async function writeUntilFull(caller: Caller): Promise<Written> {
  const written: Written = { acknowledged: [], refused: [] };
  while (written.refused.length < 8) {
    const answers = await Promise.all(Array.from({ length: 4 }, () => createOne(caller, written)));
    for (const answer of answers) if (answer.status !== 201) expectUnavailable(answer);
    expect(written.acknowledged.length, 'the disk fills up').toBeLessThan(5_000);
  }
  return written;
}

function expectUnavailable({ status, body, headers, text }: WireAnswer): void {
  expect([status, body.code]).toEqual([503, 'unavailable']);
  expect(Number(headers.get('retry-after'))).toBeGreaterThan(0);
  expect(body.requestId).toBe(headers.get('x-request-id'));
  expect(text).not.toMatch(/sqlite|disk|ENOSPC|countersign\.db/i);
}

async function expectReadable(caller: Caller, { acknowledged, refused }: Written): Promise<void> {
  for (const customer of acknowledged.slice(-5)) {
    expect((await caller.get(`/customers/${customer.uuid}`)).data.customer).toEqual(customer);
    const search = customer.customer.slice(6);
    expect((await caller.get('/customers', { query: { search } })).data.customers).toEqual([customer]);
  }
  for (const { input } of refused) {
    expect((await caller.get('/customers/find-by-email', { query: { email: input.email } })).status).toBe(404);
    expect((await caller.get('/customers', { query: { search: input.email } })).data.pagination.total).toBe(0);
  }
  const { data } = await caller.get('/customers', { query: { limit: 1 } });
  expect(data.pagination.total).toBe(acknowledged.length);
}

describe.each([
  ['a full disk', () => openSmallDisk(64 * MEBIBYTE)],
  ['a limit of the size of files', () => openLimitedFolder()],
])('%s', (_name, open) => {
  let on: ServerOnDisk;
  let written: Written;

  beforeAll(async () => {
    on = await startOnDisk(open());
  });
  afterAll(async () => {
    on.process.kill('SIGKILL');
    await on.server.stop();
    on.disk.remove();
  });

  test('gets writes the answer 503 with Retry-After, and nothing of a refused write is there', async () => {
    const room = sizeOf(on.file) + sizeOf(`${on.file}-wal`) + sizeOf(`${on.file}-shm`) + MEBIBYTE;
    on.disk.shrink(pidOf(on), room);
    written = await writeUntilFull(on.caller);
    expect(written.acknowledged.length).toBeGreaterThan(0);
    await expectReadable(on.caller, written);
  });

  test('leaves updates, contacts and bulk calls without half an effect', async () => {
    const customer = written.acknowledged[0];
    if (customer === undefined) throw new Error('nothing was written');
    const path = `/customers/${customer.uuid}`;
    // More than the log has grown by for the last refused group, which stays its own: four creates with their answers.
    const rows = Array.from({ length: 20 }, () => largeCustomer());
    for (const body of [{ customers: rows }, { customers: rows, mode: 'atomic' }]) {
      expectUnavailable(await on.caller.post('/customers/bulk', body));
    }
    // What is small may still find room; it happens wholly or not at all.
    const note = { notes: 'x'.repeat(5_000) };
    const smallWrites = [
      () => on.caller.patch(path, note),
      () => on.caller.post(`${path}/contacts`, { name: 'Thandi' }),
    ];
    for (const write of smallWrites) {
      const before = (await on.caller.get(path)).data.customer;
      const answer = await write();
      const after = (await on.caller.get(path)).data.customer;
      if (answer.status < 300) expect(after.version).toBe(before.version + 1);
      else expectUnavailable(answer);
      if (answer.status >= 300) expect(after).toEqual(before);
    }
    written.acknowledged[0] = (await on.caller.get(path)).data.customer;
    await expectReadable(on.caller, written);
  });

  test('lets the server say that it is alive', async () => {
    const answers = await Promise.all(['/healthz', '/readyz'].map((path) => fetch(`${on.server.url}${path}`)));
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(on.process.exitCode).toBeNull();
  });

  test('is over without a restart once there is space, and a refused write succeeds with its key', async () => {
    on.disk.grow(pidOf(on));
    for (const { input, key } of written.refused) {
      const { status, data, headers } = await on.caller.post('/customers', input, {
        headers: { 'idempotency-key': key },
      });
      expect(status).toBe(201);
      expect(headers.has('idempotency-replayed')).toBe(false);
      written.acknowledged.push(data.customer);
    }
    await expectReadable(on.caller, { ...written, refused: [] });
    expect(on.process.exitCode).toBeNull();
  });

  test('that fills up again while the log is copied into the database stops writes only', async () => {
    const bulk = () => on.caller.post('/customers/bulk', { customers: Array.from({ length: 30 }, largeCustomer) });
    const room = CHECKPOINT_BYTES + 8 * MEBIBYTE;
    on.disk.shrink(pidOf(on), room);
    let refusals = 0;
    for (let count = 0; refusals < 4 && count < 200; count++) {
      const answer = await bulk();
      if (answer.status === 201) {
        for (const result of answer.data.results) if (result.success) written.acknowledged.push(result.customer);
      } else {
        expectUnavailable(answer);
        refusals += 1;
      }
    }
    expect(refusals).toBe(4);
    expect(on.process.exitCode).toBeNull();
    await expectReadable(on.caller, { ...written, refused: [] });
    on.disk.grow(pidOf(on));
    const { status, data } = await bulk();
    expect(status).toBe(201);
    for (const result of data.results) if (result.success) written.acknowledged.push(result.customer);
    await expectReadable(on.caller, { ...written, refused: [] });
  });

  test('leaves a database without a fault', async () => {
    expect(await endProcess(on.process, 'SIGTERM')).toBe(0);
    expect(findFileFaults(on.file)).toEqual([]);
  });
});

test('a server that finds no room at its start says so in one sentence and ends with 1', async () => {
  const disk = openSmallDisk(16 * MEBIBYTE);
  try {
    if (disk.kind !== 'a small file system') return;
    const file = join(disk.folder, 'countersign.db');
    const environment = {
      COUNTERSIGN_DATABASE_URL: `sqlite:${file}`,
      COUNTERSIGN_MASTER_KEY: newMasterKey(),
      COUNTERSIGN_PORT: '0',
    };
    expect((await runProgram(['migrate'], { environment })).exitCode).toBe(0);
    disk.shrink(
      0,
      readdirSync(disk.folder).reduce((sum, name) => sum + sizeOf(join(disk.folder, name)), 0),
    );
    const { exitCode, stdout, stderr } = await runProgram(['serve'], { environment });
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(/^countersign: Cannot use the database \S+: [^\n]+\.\n$/);
  } finally {
    disk.remove();
  }
});
