import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { exchange, getCode, openScene, postSigned, type Scene } from '../harness/authorization.js';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { type Receiver, startReceiver } from '../harness/receiver.js';
import { startServer, type TestServer } from '../harness/server.js';
import { LOCAL_WEBHOOKS, subscribe, subscribeToAll, untilDeliveries } from '../webhooks/webhook-caller.js';

let server: TestServer;
let receiver: Receiver;
let scene: Scene;
/** Another app of the team, whose webhook tells when an event has been sent to everybody. */
let witness: Caller;

beforeAll(async () => {
  server = await startServer({ environment: LOCAL_WEBHOOKS });
  receiver = await startReceiver();
  scene = await openScene(server);
  witness = await server.createCaller({ team: scene.team });
  await subscribe(witness, { callbackUrl: `${receiver.url}/witness` });
});
afterAll(async () => {
  await server.stop();
  await receiver.stop();
});
beforeEach(() => disconnect());

const connect = (scopes?: readonly string[]) =>
  server.createCaller({ app: scene.app, team: scene.team, ...(scopes === undefined ? {} : { scopes }) });

const disconnect = () =>
  scene.person.submit('/account', {
    action: '/account/disconnect',
    fields: { team: scene.team.uuid, clientId: scene.app.clientId },
  });

const revoke = (caller: Caller) =>
  postSigned(server, scene.app, { path: '/revoke-token', body: { token: caller.accessToken } });

async function isShown(): Promise<boolean> {
  return (await scene.person.get('/account')).text.includes(scene.app.clientId);
}

/** Makes a customer, waits until everybody who is told of it has been, and gives the paths that heard of it. */
async function pathsTold(): Promise<string[]> {
  const { uuid } = (await witness.post('/customers', smallCustomer())).data.customer;
  const ofIt = () => receiver.arrivals.filter(({ event }) => event.data.uuid === uuid).map(({ path }) => path);
  await receiver.until(() => ofIt().includes('/witness'));
  // What was made of the same event went out with it, or before what is sent now.
  const next = (await witness.post('/customers', smallCustomer())).data.customer.uuid;
  await receiver.until((all) => all.some(({ path, event }) => path === '/witness' && event.data.uuid === next));
  return ofIt().filter((path) => path !== '/witness');
}

const forgetTokens = () =>
  server.database.sql(
    `update token_grants set ends_at = 1 where app_id = (select id from apps where client_id = '${scene.app.clientId}')`,
  );

describe('an app is shown, to be disconnected, as long as it could get anything', () => {
  test('with a token', async () => {
    expect(await isShown()).toBe(false);
    await connect();
    expect(await isShown()).toBe(true);
    await disconnect();
    expect(await isShown()).toBe(false);
  });

  test('with a code that it has not exchanged, which it cannot exchange afterwards', async () => {
    const code = await getCode(server, scene);
    expect(await isShown()).toBe(true);
    await disconnect();
    expect(await isShown()).toBe(false);
    expect((await exchange(server, scene.app, { code })).body.code).toBe('invalid_grant');
  });

  test.each(['active', 'paused'])('with no token, and an %s webhook', async (status) => {
    const caller = await connect();
    await subscribe(caller, { callbackUrl: `${receiver.url}/alone`, status });
    await revoke(caller);
    const page = (await scene.person.get('/account')).text;
    expect(page).toContain(scene.app.clientId);
    expect(page).toContain('Its access has ended.');
    await disconnect();
    expect(await isShown()).toBe(false);
  });

  test('with no token, and a listener', async () => {
    const caller = await connect();
    expect((await caller.post('/webhooks/listeners', {})).status).toBe(201);
    await revoke(caller);
    expect(await isShown()).toBe(true);
    await disconnect();
    expect(await isShown()).toBe(false);
  });
});

test('Disconnect ends tokens, webhooks and listeners, and what waits to be delivered', async () => {
  const caller = await connect();
  const told = await subscribe(caller, { callbackUrl: `${receiver.url}/told` });
  const paused = await subscribe(caller, { callbackUrl: `${receiver.url}/paused`, status: 'paused' });
  await caller.post('/webhooks/listeners', {});
  expect(await pathsTold()).toEqual(['/told']);
  await untilDeliveries(caller, paused, (all) => all.length > 0);
  await disconnect();
  const waiting = await server.database.sql(`select count(*) as count from webhook_deliveries
    where status in ('pending', 'held') and webhook_uuid in (select uuid from webhooks where deleted_at is not null)`);
  expect(waiting).toEqual([{ count: 0 }]);
  expect((await caller.get('/webhooks')).body.code).toBe('invalid_token');
  const again = await connect();
  expect((await again.get('/webhooks')).data.webhooks).toEqual([]);
  expect((await again.patch(`/webhooks/${told.uuid}`, { status: 'active' })).status).toBe(404);
  expect(await pathsTold()).toEqual([]);
});

describe('webhooks rest while their app has no token that could see customers', () => {
  test('once its token is revoked, and go on when it is connected again', async () => {
    const caller = await connect();
    await subscribe(caller, { callbackUrl: `${receiver.url}/rests` });
    await revoke(caller);
    expect(await pathsTold()).toEqual([]);
    await connect();
    expect(await pathsTold()).toEqual(['/rests']);
  });

  test('once the last of its tokens has ended', async () => {
    const caller = await connect();
    await subscribe(caller, { callbackUrl: `${receiver.url}/ends` });
    await forgetTokens();
    expect(await pathsTold()).toEqual([]);
  });

  test('under a token of fewer scopes', async () => {
    const caller = await connect();
    const [created] = await subscribeToAll(caller, { callbackUrl: `${receiver.url}/fewer` });
    await revoke(caller);
    for (const scopes of [['webhooks:manage'], ['webhooks:manage', 'customers:write'], ['customers:read']]) {
      await connect(scopes);
      expect(await pathsTold(), scopes.join()).toEqual([]);
    }
    const manager = await connect(['webhooks:manage']);
    const own = `/webhooks/${created?.uuid}`;
    const refused: readonly (readonly [string, string, object?])[] = [
      ['POST', '/webhooks', { event: 'customer.created', callbackUrl: receiver.url }],
      ['PATCH', own, { status: 'active' }],
      ['POST', `${own}/test`],
      ['GET', `${own}/deliveries`],
      ['POST', `${own}/deliveries/${created?.uuid}/redeliver`],
      ['POST', `${own}/redeliver`, { since: '2020-01-01' }],
      ['POST', '/webhooks/listeners', {}],
      ['GET', `/webhooks/listeners/${created?.uuid}/events`],
    ];
    for (const [method, path, body] of refused) {
      const answer = await manager.send(method, path, body === undefined ? {} : { body });
      expect([answer.status, answer.body.details], `${method} ${path}`).toEqual([
        403,
        { requiredScope: 'customers:read' },
      ]);
    }
    expect((await manager.get('/webhooks')).data.webhooks.length).toBe(3);
    expect((await manager.delete(own)).status).toBe(200);
  });
});
