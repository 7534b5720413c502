import { afterAll, beforeAll, expect, test } from 'vitest';
import { decide, openScene, postSigned, type Scene } from '../harness/authorization.js';
import { uniqueEmail, uniqueText } from '../harness/customers.js';
import { type FieldClient, fieldClient } from '../harness/field-client.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;
let scene: Scene;

beforeAll(async () => {
  server = await startServer();
  scene = await openScene(server);
});
afterAll(() => server.stop());

/** A client as after the first start of a tool: a person has allowed it. */
async function connect(): Promise<FieldClient> {
  const client = fieldClient(server.url, scene.app);
  const page = await client.begin('state-1');
  const { location } = await decide(scene.person, { page, team: scene.team });
  await client.exchange(new URL(location).searchParams.get('code') ?? '');
  return client;
}

test('an official tool connects, creates, finds, updates, lists and refreshes', async () => {
  const client = await connect();
  const tag = uniqueText();
  const made = await client.findOrCreate({ customer: `B ${tag}`, email: `john+${tag}@acme.example` });
  expect(await client.findOrCreate({ customer: 'Another name', email: `JOHN+${tag}@acme.example` })).toEqual(made);
  const updated = await client.update(made.uuid, { notes: 'called', mainPhone: '' });
  expect(updated).toMatchObject({ uuid: made.uuid, notes: 'called', mainPhone: null });

  const other = await client.findOrCreate({ customer: `A ${tag}`, email: uniqueEmail() });
  const pages = [await client.list(1, 1), await client.list(2, 1), await client.list(3, 1)];
  expect(pages.map(({ customers }) => customers.map(({ uuid }) => uuid))).toEqual([[other.uuid], [made.uuid], []]);
  expect(pages[0]?.pagination).toMatchObject({ page: 1, limit: 1, total: 2, totalPages: 2 });

  const before = client.login;
  const { workspaceId } = await client.refresh();
  expect([workspaceId, client.login.accessToken === before.accessToken]).toEqual([scene.team.uuid, false]);
  expect((await client.list(1, 20)).customers).toHaveLength(2);
});

test('an official tool whose access token has ended goes on after one refresh', async () => {
  const { login } = await connect();
  const client = fieldClient(server.url, scene.app, { ...login, accessToken: 'ended' });
  expect((await client.list(1, 20)).pagination.page).toBe(1);
  expect(client.login.refreshToken).not.toBe(login.refreshToken);
});

test('a person at an official tool reads what is wrong', async () => {
  const client = await connect();
  const shown = (work: Promise<unknown>) => expect(work).rejects;
  await shown(client.findOrCreate({ customer: 'A', email: 'nobody' })).toThrow(/^email must be a valid email address/);
  const { uuid } = await client.findOrCreate({ customer: 'A', email: uniqueEmail() });
  await shown(client.update(uuid, { customer: ' ', website: 'ftp://a.example' })).toThrow(
    'customer must not be empty. website must be a web address; with a protocol it must be http or https.',
  );
  await shown(client.list(0, 20)).toThrow('page must be a whole number from 1 to 10000.');
  await shown(client.exchange('used')).toThrow(/code/);
  await postSigned(server, scene.app, { path: '/revoke-token', body: { token: client.login.refreshToken } });
  await shown(client.list(1, 20)).toThrow(/refresh token/);
});
