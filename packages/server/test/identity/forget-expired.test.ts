import { afterAll, beforeAll, expect, test } from 'vitest';
import { eventually } from '../harness/eventually.js';
import { startServer, type TestServer } from '../harness/server.js';

const DAY_MS = 24 * 60 * 60 * 1000;

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const query = (text: string) => server.database.sql(text);

async function counts(): Promise<unknown> {
  const rows =
    await query(`select (select count(*) from access_tokens) as access, (select count(*) from refresh_tokens) as refresh,
    (select count(*) from invitations) as invitations`);
  return rows[0];
}

test('tokens and invitations that ended long ago are forgotten, and those that ended just now are not', async () => {
  const caller = await server.createCaller();
  const invite = (email: string) => server.make(['user', 'invite', '--email', email, '--team', caller.team.uuid]);
  const old = Array.from({ length: 599 }, (_, index) => `('old-${index}', 1, 0, 0)`).join();
  await query(`insert into access_tokens (token_hash, grant_id, created_at, expires_at) values ${old}`);
  await invite('old@acme.example');
  await query(`update invitations set expires_at = ${Date.now() - 2 * DAY_MS}`);
  await invite('new@acme.example');
  await query(`insert into refresh_tokens (token_hash, grant_id, created_at, expires_at) values ('old', 1, 0, 0)`);
  await query(
    `insert into refresh_tokens (token_hash, grant_id, created_at, expires_at) values ('new', 1, 0, ${Date.now()})`,
  );
  expect(await counts()).toEqual({ access: 600, refresh: 3, invitations: 2 });
  await server.end('SIGTERM');
  await server.restart();
  await eventually(async () => expect(await counts()).toEqual({ access: 1, refresh: 2, invitations: 1 }));
  expect((await caller.get('/customers')).status).toBe(200);
});
