import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import { eventually } from '../harness/eventually.js';
import { expectFailure } from '../harness/expect-failure.js';
import { type PrivatePostgres, startPrivatePostgres } from '../harness/private-postgres.js';
import { type Environment, makeTemporaryFolder, newMasterKey, removeFolder, runProgram } from '../harness/program.js';
import { runCommand } from '../harness/run-command.js';
import { startServer } from '../harness/server.js';
import { testCertificate } from '../harness/test-certificate.js';

let folder: string;
let postgres: PrivatePostgres;

beforeAll(async () => {
  folder = makeTemporaryFolder();
  const elsewhere = await testCertificate({ names: ['db.example'] });
  const here = await testCertificate({ addresses: ['127.0.0.1'] });
  const stranger = await testCertificate({ addresses: ['127.0.0.1'] });
  for (const [name, { cert }] of Object.entries({ elsewhere, here, stranger })) writeFileSync(file(name), cert);
  writeFileSync(file('own-key'), here.key);
  postgres = await startPrivatePostgres();
  await postgres.sql('postgres', 'create role encrypted superuser login');
  await postgres.sql('postgres', 'create role plain superuser login');
  await postgres.admit([
    'hostssl all encrypted 127.0.0.1/32 trust',
    'host all encrypted 127.0.0.1/32 reject',
    'hostnossl all plain 127.0.0.1/32 trust',
    'host all plain 127.0.0.1/32 reject',
  ]);
  await postgres.encrypt(elsewhere);
  await postgres.createDatabase('customers');
  const made = await runCommand(['migrate', '--json'], { environment: environmentOf('encrypted', 'sslmode=require') });
  expect(made.stderr).toBe('');
});
afterAll(async () => {
  await postgres.remove();
  removeFolder(folder);
});

const file = (name: string) => join(folder, `${name}.pem`);

function urlOf(user: string, parameters: string): string {
  return `${postgres.urlOf('customers').replace('postgres@', `${user}@`)}?${parameters}`;
}

function environmentOf(user: string, parameters: string): Environment {
  return { COUNTERSIGN_DATABASE_URL: urlOf(user, parameters) };
}

/** Whether a command gets through as a user who may connect with encryption alone, or without it alone. */
async function connects(user: 'encrypted' | 'plain', parameters: string, extra: Environment = {}): Promise<boolean> {
  const { exitCode, stdout, stderr } = await runCommand(['app', 'list', '--json'], {
    environment: { ...environmentOf(user, parameters), ...extra },
  });
  if (exitCode === 0) return true;
  expect([exitCode, stdout]).toEqual([1, '']);
  expect(stderr).toMatch(/^countersign: Cannot use the database postgres:\/\/127\.0\.0\.1:\d+\/customers: [^\n]+\.\n$/);
  return false;
}

describe('the server has a certificate of its own signing, for another name', () => {
  test.each<[string, boolean, boolean]>([
    ['sslmode=disable', false, true],
    ['sslmode=allow', true, true],
    ['sslmode=prefer', true, true],
    ['sslmode=require', true, false],
    ['sslmode=require&sslrootcert=elsewhere', true, false],
    ['sslmode=require&sslrootcert=stranger', false, false],
    ['sslmode=verify-ca&sslrootcert=elsewhere', true, false],
    ['sslmode=verify-ca&sslrootcert=stranger', false, false],
    ['sslmode=verify-full&sslrootcert=elsewhere', false, false],
    ['sslmode=verify-full', false, false],
    ['sslmode=require&sslcert=here&sslkey=own-key', true, false],
  ])('%s', async (parameters, encrypted, plain) => {
    const named = parameters.replace(/(cert|key)=([a-z-]+)/g, (_, key, name) => `${key}=${file(name)}`);
    expect(await connects('encrypted', named)).toBe(encrypted);
    expect(await connects('plain', named)).toBe(plain);
  });

  test('the variables of libpq stand in for what the URL leaves out', async () => {
    expect(await connects('encrypted', '')).toBe(false);
    expect(await connects('encrypted', '', { PGSSLMODE: 'require' })).toBe(true);
    const verified = { PGSSLMODE: 'verify-ca', PGSSLROOTCERT: file('elsewhere') };
    expect(await connects('encrypted', '', verified)).toBe(true);
    expect(await connects('encrypted', '', { ...verified, PGSSLROOTCERT: file('stranger') })).toBe(false);
    expect(await connects('plain', 'sslmode=disable', verified)).toBe(true);
  });

  test.each([
    ['sslmode=verify-ca', /sslmode=verify-ca needs sslrootcert/],
    ['sslmode=always', /its sslmode is none of disable, allow, prefer, require, verify-ca, verify-full/],
    ['sslmode=require&sslrootcert=/nowhere.pem', /the file of sslrootcert cannot be read/],
  ])('%s is refused in one sentence', async (parameters, sentence) => {
    expectFailure(await runCommand(['app', 'list'], { environment: environmentOf('encrypted', parameters) }), sentence);
  });

  test('a command, a server and a move say nothing of it on standard error', async () => {
    const environment = environmentOf('encrypted', 'sslmode=require');
    const listed = await runProgram(['app', 'list', '--json'], { environment });
    expect([listed.exitCode, listed.stderr]).toEqual([0, '']);
    const server = await startServer({ environment: { ...environment, COUNTERSIGN_WORKERS: '2' } });
    try {
      expect((await (await server.createCaller()).get('/customers')).status).toBe(200);
      const sessions =
        "select count(*)::int as count from pg_stat_ssl join pg_stat_activity using (pid) where ssl and usename = 'encrypted'";
      const [row] = await postgres.sql<{ count: number }>('postgres', sessions);
      expect(row?.count).toBeGreaterThan(1);
    } finally {
      await server.end('SIGTERM');
    }
    expect(server.log()).toBe('');
    await server.stop();
    await postgres.createDatabase('moved');
    const moved = await runProgram(['migrate-data', '--json'], {
      environment: {
        COUNTERSIGN_FROM_DATABASE_URL: urlOf('encrypted', 'sslmode=require'),
        COUNTERSIGN_TO_DATABASE_URL: urlOf('encrypted', `sslmode=verify-ca&sslrootcert=${file('elsewhere')}`).replace(
          '/customers?',
          '/moved?',
        ),
        COUNTERSIGN_MASTER_KEY: newMasterKey(),
      },
    });
    expect(moved.exitCode, moved.stderr).toBe(0);
    expect(moved.stderr).not.toMatch(/warning/i);
  });
});

test('verify-full takes a certificate for the very host, from the authority that was named', async () => {
  await postgres.encrypt({
    key: readFileSync(file('own-key'), 'utf8'),
    cert: readFileSync(file('here'), 'utf8'),
  });
  const verified = `sslmode=verify-full&sslrootcert=${file('here')}`;
  await eventually(async () => expect(await connects('encrypted', verified)).toBe(true));
  expect(await connects('encrypted', `sslmode=verify-full&sslrootcert=${file('stranger')}`)).toBe(false);
});

test('a server without encryption is good enough for prefer, and for nothing above', async () => {
  const url = new URL(inject('postgres').url);
  const plain = (mode: string) => {
    const database = `postgres://${url.username}@${url.host}/${inject('postgres').template}?sslmode=${mode}`;
    return runCommand(['app', 'list', '--json'], { environment: { COUNTERSIGN_DATABASE_URL: database } });
  };
  for (const mode of ['allow', 'prefer']) expect(await plain(mode)).toMatchObject({ exitCode: 0 });
  expect(await plain('require')).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining('encrypted connection'),
  });
});
