import { afterAll, beforeAll, expect, test } from 'vitest';
import { type App, type Caller, createCaller } from '../harness/caller.js';
import { eventually } from '../harness/eventually.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

test('a new secret works at once on every process beside the old one, which stops within a second or two when retired', async () => {
  const { app } = caller;
  const other = await server.startAnother();
  // Both processes know the app by its only secret.
  for (const url of [server.url, other.url]) {
    expect((await createCaller({ ...caller, url }).get('/customers')).status).toBe(200);
  }
  const rotate = ['app', 'rotate-secret', '--client-id', app.clientId];

  const nothingOld = await server.command([...rotate, '--retire-old', '--json']);
  expect([nothingOld.exitCode, nothingOld.stdout]).toEqual([1, '']);

  const next = await server.make<App>(rotate);
  expect(next).toEqual({ clientId: app.clientId, clientSecret: expect.any(String) });
  expect(next.clientSecret).not.toBe(app.clientSecret);
  const rotated = createCaller({ ...caller, url: server.url, app: next });
  expect((await rotated.get('/customers')).status).toBe(200);
  expect((await createCaller({ ...rotated, url: other.url }).get('/customers')).status).toBe(200);
  expect((await caller.get('/customers')).status).toBe(200);

  const third = await server.command([...rotate, '--json']);
  expect([third.exitCode, third.stdout]).toEqual([1, '']);
  expect(third.stderr).toMatch(/--retire-old/);

  expect(await server.make([...rotate, '--retire-old'])).toEqual({ clientId: app.clientId, retired: true });
  await eventually(async () => expect((await caller.get('/customers')).body.code).toBe('invalid_signature'));
  expect((await rotated.get('/customers')).status).toBe(200);
});

test('there is no rotating of an app that does not exist', async () => {
  const outcome = await server.command(['app', 'rotate-secret', '--client-id', 'app_none', '--json']);
  expect([outcome.exitCode, outcome.stdout]).toEqual([1, '']);
  expect(outcome.stderr).toBe('countersign: There is no app with this client id.\n');
});
