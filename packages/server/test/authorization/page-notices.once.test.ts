import { afterAll, beforeAll, expect, test } from 'vitest';
import { getTokens, openScene } from '../harness/authorization.js';
import { startServer, type TestServer } from '../harness/server.js';
import { webPerson } from '../harness/web-person.js';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const CHANGED = /Your password is changed/;
const DISCONNECTED = /The app is disconnected/;

test('a page says that a password was changed once, after it was, and to who changed it', async () => {
  const { person, member } = await openScene(server);
  const another = webPerson(server.url);
  await another.signIn(member.email, member.password);
  const fields = { current: member.password, password: 'a new password', repeated: 'a new password' };
  const done = await person.submit('/account/password', { action: '/account/password', fields });
  expect([done.status, done.location]).toEqual([303, '/account/password']);
  const kept = new Map(person.cookies);
  expect((await person.get('/account/password')).text).toMatch(CHANGED);
  expect((await person.get('/account/password')).text).not.toMatch(CHANGED);
  // The cookie of one session says nothing in another.
  const stranger = (await openScene(server)).person;
  for (const [name, value] of kept) if (!stranger.cookies.has(name)) stranger.cookies.set(name, value);
  const shown = await stranger.get('/account/password');
  expect(shown.status).toBe(200);
  expect(shown.text).not.toMatch(CHANGED);
});

test('a page says that an app was disconnected once, after it was', async () => {
  const scene = await openScene(server);
  const { person } = scene;
  await getTokens(server, scene);
  const done = await person.submit('/account', { action: '/account/disconnect', fields: {} });
  expect([done.status, done.location]).toEqual([303, '/account']);
  expect((await person.get('/account')).text).toMatch(DISCONNECTED);
  expect((await person.get('/account')).text).not.toMatch(DISCONNECTED);
});

test('an address and a forged cookie make no page say that something was done', async () => {
  const { person } = await openScene(server);
  for (const query of ['changed', 'changed=1', 'disconnected', 'notice=password-changed', 'status=changed']) {
    for (const path of ['/account', '/account/password']) {
      const { status, text } = await person.get(`${path}?${query}`);
      expect(status).toBe(200);
      expect(text).not.toMatch(/role="status"/);
    }
  }
  person.cookies.set('countersign_notice', 'password-changed.x');
  expect((await person.get('/account/password')).text).not.toMatch(/role="status"/);
});
