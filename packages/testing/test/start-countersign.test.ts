import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startCountersign, type TestServer } from '../src/index.js';

let server: TestServer;

beforeAll(async () => {
  server = await startCountersign();
});
afterAll(() => server.stop());

const acme = () => ({ customer: 'Acme', email: `a${Math.random()}@acme.example` });

test('a client that sends again without a key makes two customers of a lost answer, and with a key one', async () => {
  for (const [idempotencyKey, expected] of [
    [undefined, 2],
    ['order-1', 1],
  ] as const) {
    const { client } = await server.newTeam();
    const headers: Record<string, string> = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
    const create = (email: string) =>
      client.request('POST', '/partners/customers', { body: { customer: 'Acme', email }, headers });
    await server.faults.add({ match: { method: 'POST', path: '/partners/customers' }, do: { cut: 'after-commit' } });
    await create('a@acme.example').catch(() =>
      create(idempotencyKey === undefined ? 'b@acme.example' : 'a@acme.example'),
    );
    const { pagination } = (await client.customers.list()).data;
    expect(pagination.total).toBe(expected);
  }
});

test('clients follow the clock, also where it stands', async () => {
  const { client } = await server.newTeam();
  await server.clock.advance(3_000);
  await client.customers.create(acme());
  const { now } = await server.clock.freeze();
  expect((await client.customers.create(acme())).data.createdAt).toBe(now);
  await server.clock.freeze(false);
  await server.clock.set(new Date(Date.parse(now) + 40 * 86_400_000));
  await expect(client.customers.create(acme())).rejects.toMatchObject({ code: expect.stringMatching(/token/) });
});

test('a snapshot comes back, and a reset leaves nothing', async () => {
  await server.reset();
  await server.client.customers.create(acme());
  const before = await server.snapshot();
  await server.reset('demo');
  expect((await server.client.customers.list()).data.pagination.total).toBe(0);
  await before.restore();
  expect((await server.client.customers.list()).data.pagination.total).toBe(1);
  expect((await server.requests()).at(-1)).toMatchObject({ method: 'GET', path: '/partners/customers', status: 200 });
});

test('what the control plane refuses is thrown with its message', async () => {
  await expect(server.clock.set('tomorrow')).rejects.toThrow(/now must be an ISO 8601 time/);
});

test('servers that start and stop leave no process, port or file', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-test-'));
  try {
    for (let round = 0; round < 10; round += 1) {
      const pair = await Promise.all([1, 2].map(() => startCountersign({ environment: { TMPDIR: folder } })));
      expect(new Set(pair.map(({ url }) => url)).size).toBe(2);
      await Promise.all(pair.map((one) => one.stop()));
      for (const { pid, url } of pair) {
        expect(() => process.kill(pid, 0)).toThrow();
        await expect(fetch(url)).rejects.toThrow();
      }
    }
    expect(readdirSync(folder)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}, 300_000);

test('a server ends with the test that was killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-test-'));
  const index = fileURLToPath(new URL('../dist/index.js', import.meta.url));
  const script = `import { startCountersign } from ${JSON.stringify(index)};
    console.log((await startCountersign({ environment: { TMPDIR: ${JSON.stringify(folder)} } })).pid);
    setInterval(() => {}, 1_000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (text) => resolve(Number(text))));
  expect(process.kill(pid, 0)).toBe(true);
  parent.kill('SIGKILL');
  await vi.waitFor(() => expect(() => process.kill(pid, 0)).toThrow(), { timeout: 30_000, interval: 50 });
  expect(readdirSync(folder)).toEqual([]);
  rmSync(folder, { recursive: true, force: true });
});
