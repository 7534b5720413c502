import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { startServer, type TestServer } from '../harness/server.js';
import { runSql } from '../harness/sql.js';

const DAY_MS = 24 * 60 * 60 * 1000;

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const query = (text: string) => runSql(server, text);

function counts(): unknown {
  return query(`select (select count(*) from access_tokens) as access, (select count(*) from refresh_tokens) as refresh,
    (select count(*) from invitations) as invitations`)[0];
}

test('tokens and invitations that ended long ago are forgotten, and those that ended just now are not', async () => {
  const caller = await server.createCaller();
  const invite = (email: string) => server.make(['user', 'invite', '--email', email, '--team', caller.team.uuid]);
  for (let tokens = 1; tokens < 600; tokens++) {
    query(`insert into access_tokens (token_hash, grant_id, created_at, expires_at) values ('old-${tokens}', 1, 0, 0)`);
  }
  await invite('old@acme.example');
  query(`update invitations set expires_at = ${Date.now() - 2 * DAY_MS}`);
  await invite('new@acme.example');
  query(`insert into refresh_tokens (token_hash, grant_id, created_at, expires_at) values ('old', 1, 0, 0)`);
  query(
    `insert into refresh_tokens (token_hash, grant_id, created_at, expires_at) values ('new', 1, 0, ${Date.now()})`,
  );
  expect(counts()).toEqual({ access: 600, refresh: 3, invitations: 2 });
  await server.end('SIGTERM');
  await server.restart();
  await vi.waitFor(() => expect(counts()).toEqual({ access: 1, refresh: 2, invitations: 1 }), { timeout: 20_000 });
  expect((await caller.get('/customers')).status).toBe(200);
});
