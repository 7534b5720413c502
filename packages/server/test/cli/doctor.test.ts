import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Finding } from '../../src/doctor/finding.js';
import { isMissing } from '../harness/is-missing.js';
import { privateRedis } from '../harness/private-redis.js';
import { type Environment, newMasterKey } from '../harness/program.js';
import { runCommand } from '../harness/run-command.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
  await server.createApp();
});
afterAll(() => server.stop());

async function examine(environment: Environment) {
  const { exitCode, stdout, stderr } = await runCommand(['doctor', '--json'], {
    environment: { ...server.environment, ...environment },
  });
  expect(stderr).toBe('');
  const document: { ok: boolean; findings: Finding[] } = JSON.parse(stdout);
  expect(exitCode).toBe(document.ok ? 0 : 1);
  expect(stdout).not.toMatch(/a-secret/);
  for (const { status, remedy } of document.findings) expect(remedy === null).toBe(status === 'ok');
  const find = (check: string, status?: string) =>
    document.findings.filter((finding) => finding.check === check && (status ?? finding.status) === finding.status);
  return { ...document, find };
}

test('a server in good health has no problem, in one document and in a line a check', async () => {
  const { ok, find } = await examine({});
  expect(ok).toBe(true);
  expect(find('Node.js', 'ok')).toHaveLength(1);
  expect(find('settings', 'ok')).toHaveLength(1);
  expect(find('database', 'ok')).toMatchObject([{ message: expect.stringMatching(/schema version \d+$/) }]);
  expect(find('keys', 'ok')).toMatchObject([{ message: 'the master key opens all client secrets (1)' }]);
  const told = await runCommand(['doctor'], server);
  expect([told.exitCode, told.stderr]).toEqual([0, '']);
  for (const line of told.stdout.trimEnd().split('\n')) expect(line).toMatch(/^(?:ok|warning) {2,}\S.* {2}\S/);
  expect(told.stdout).not.toContain(server.environment.COUNTERSIGN_MASTER_KEY);
});

test('every variable that is unknown or cannot be used is named, with what to write', async () => {
  const { ok, find } = await examine({
    COUNTERSIGN_RATE_LIMITS: '5',
    COUNTERSIGN_COLOUR: 'red',
    COUNTERSIGN_PORT: 'http',
    COUNTERSIGN_LOG_LEVEL: 'loud',
    COUNTERSIGN_URL: 'http://127.0.0.1:1',
  });
  expect(ok).toBe(false);
  expect(find('settings', 'warning')).toMatchObject([
    { message: expect.stringContaining('COUNTERSIGN_RATE_LIMITS'), remedy: 'write COUNTERSIGN_RATE_LIMIT' },
    { message: expect.stringContaining('COUNTERSIGN_COLOUR'), remedy: 'remove it' },
  ]);
  const problems = find('settings', 'problem').map(({ message }) => message.split(' ')[0]);
  expect(problems.sort()).toEqual(['COUNTERSIGN_LOG_LEVEL', 'COUNTERSIGN_PORT']);
});

test.each([
  [{ COUNTERSIGN_MASTER_KEY: 'short' }, 'keys'],
  [{ COUNTERSIGN_DATABASE_URL: 'mysql://x/y', COUNTERSIGN_WORKERS: '2' }, 'database'],
  [{ COUNTERSIGN_PUBLIC_URL: 'nowhere', COUNTERSIGN_HOST: '0.0.0.0' }, 'public URL'],
])('of what hangs on a refused variable nothing is said: %o', async (environment, check) => {
  const { ok, find, findings } = await examine(environment);
  expect(ok).toBe(false);
  expect(findings.filter(({ status }) => status !== 'ok')).toMatchObject([
    { check: 'settings', status: 'problem', message: expect.stringContaining(Object.keys(environment)[0] ?? '') },
  ]);
  expect(find(check)).toEqual([]);
});

test('settings that do not fit together are told of', async () => {
  const { ok, find } = await examine({ COUNTERSIGN_HOST: '0.0.0.0' });
  expect(ok).toBe(true);
  expect(find('settings', 'warning')).toMatchObject([{ message: expect.stringContaining('COUNTERSIGN_PUBLIC_URL') }]);
});

test('a public URL that answers is well, and one that does not is told of', async () => {
  const here = await examine({ COUNTERSIGN_PUBLIC_URL: server.url });
  expect(here.find('public URL')).toMatchObject([{ status: 'ok' }]);
  const nowhere = await examine({ COUNTERSIGN_PUBLIC_URL: 'http://127.0.0.1:9' });
  expect(nowhere.find('public URL')).toMatchObject([{ status: 'warning' }]);
});

test.each([
  [{ COUNTERSIGN_MASTER_KEY: '' }, /is not set/],
  [{ COUNTERSIGN_MASTER_KEY: newMasterKey() }, /does not open the secrets of app_/],
])('a master key that is not the right one is a problem', async (environment, message) => {
  const { ok, find } = await examine(environment);
  expect(ok).toBe(false);
  expect(find('keys')).toMatchObject([{ status: 'problem', message: expect.stringMatching(message) }]);
});

test('a database that is not there is told of, and not made', async () => {
  const away = await examine({ COUNTERSIGN_DATABASE_URL: 'postgres://someone:a-secret@127.0.0.1:1/nowhere' });
  expect(away.ok).toBe(false);
  expect(away.find('database')).toMatchObject([{ status: 'problem', message: expect.stringContaining('refused') }]);
  const file = join(server.folder, 'none.db');
  const none = await examine({ COUNTERSIGN_DATABASE_URL: `sqlite:${file}` });
  expect(none.find('database')).toMatchObject([{ status: 'warning', message: expect.stringContaining('none.db') }]);
  expect(existsSync(file)).toBe(false);
});

describe.skipIf(isMissing('redis-server'))('Redis', () => {
  test('that is fit is well, and what it lacks is told of', async () => {
    const redis = await privateRedis({ password: 'a-secret' });
    try {
      const environment = { COUNTERSIGN_REDIS_URL: redis.url };
      const well = await examine(environment);
      expect(well.ok).toBe(true);
      expect(well.find('Redis')).toMatchObject([{ status: 'ok' }]);
      expect(well.find('clock').some(({ message }) => message.endsWith('Redis'))).toBe(true);
      await redis.command(['CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru']);
      expect((await examine(environment)).find('Redis', 'warning')).toMatchObject([
        { message: expect.stringContaining('allkeys-lru') },
      ]);
      const wrong = await examine({ COUNTERSIGN_REDIS_URL: redis.url.replace('a-secret', 'wrong') });
      expect([wrong.ok, wrong.find('Redis')]).toMatchObject([false, [{ status: 'problem' }]]);
    } finally {
      await redis.stop();
    }
    const away = await examine({ COUNTERSIGN_REDIS_URL: redis.url });
    expect(away.find('Redis')).toMatchObject([{ status: 'problem' }]);
  });
});

test('a schema of another version is a problem that says what to run', async () => {
  await server.database.sql("insert into schema_migrations (version, name, applied_at) values (999, 'later', 0)");
  const { ok, find } = await examine({});
  expect(ok).toBe(false);
  expect(find('database', 'problem')).toMatchObject([
    { message: expect.stringContaining('999'), remedy: 'run a newer countersign' },
  ]);
});
