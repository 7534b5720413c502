import type { Webhook } from '@countersign/contract';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { type Arrival, type Receiver, startReceiver, withStatus } from '../harness/receiver.js';
import { startServer, type TestServer } from '../harness/server.js';
import {
  deliveriesOf,
  LOCAL_WEBHOOKS,
  subscribe,
  subscribeToAll,
  untilDeliveries,
  untilWebhook,
} from './webhook-caller.js';

let server: TestServer;
let receiver: Receiver;
let caller: Caller;

beforeAll(async () => {
  server = await startServer({ environment: LOCAL_WEBHOOKS });
  caller = await server.createCaller();
});
beforeEach(async () => {
  receiver = await startReceiver();
});
afterEach(async () => {
  const { data } = await caller.get('/webhooks');
  for (const { uuid } of data.webhooks) await caller.delete(`/webhooks/${uuid}`);
  await receiver.stop();
});
afterAll(() => server.stop());

const create = async () => (await caller.post('/customers', smallCustomer())).data.customer;

const versionsOf = (arrivals: readonly Arrival[]) => arrivals.map(({ event }) => event.data.version);

async function auditEvents(): Promise<string[]> {
  const { entries } = await server.make<{ entries: { event: string; team: string | null }[] }>(['audit', 'list']);
  return entries.filter(({ team }) => team === caller.team.uuid).map(({ event }) => event);
}

describe('a receiver that fails', () => {
  test('gets the same delivery again, under the same id, until it answers 2xx', async () => {
    const webhook = await subscribe(caller, { callbackUrl: receiver.url, signingSecret: 'a secret of 24 letters' });
    let failures = 2;
    receiver.answer((response) => {
      response.writeHead(failures-- > 0 ? 500 : 200).end('<p>sorry</p>');
    });
    await create();
    await receiver.until((all) => all.length === 3);
    const [first, second, third] = receiver.arrivals;
    expect([second?.body, third?.body]).toEqual([first?.body, first?.body]);
    const [delivery] = await untilDeliveries(caller, webhook, ([newest]) => newest?.status === 'delivered');
    expect(delivery).toMatchObject({ uuid: first?.event.id, requestBody: first?.body, nextAttemptAt: null });
    expect(delivery?.attempts.map(({ number, statusCode, error }) => [number, statusCode, error])).toEqual([
      [1, 500, null],
      [2, 500, null],
      [3, 200, null],
    ]);
    for (const [index, attempt] of (delivery?.attempts ?? []).entries()) {
      expect(attempt.answerStart).toBe('<p>sorry</p>');
      expect(attempt.durationMs).toBeGreaterThanOrEqual(0);
      const sent = Object.entries(attempt.requestHeaders).map(([name, value]) => [name.toLowerCase(), value]);
      expect(receiver.arrivals[index]?.headers).toMatchObject(Object.fromEntries(sent));
    }
    expect(JSON.stringify(delivery)).not.toContain('a secret of 24 letters');
  });

  test('is given up after the last attempt, and then the next version goes', async () => {
    const [, webhook] = await subscribeToAll(caller, { callbackUrl: receiver.url });
    const { uuid } = await create();
    await receiver.until((all) => all.length === 1);
    receiver.answer((response, { event }) => response.writeHead(event.data.version === 2 ? 503 : 204).end());
    for (const notes of ['two', 'three']) await caller.patch(`/customers/${uuid}`, { notes });
    await receiver.until((all) => all.some(({ event }) => event.data.version === 3));
    expect(versionsOf(receiver.arrivals)).toEqual([1, 2, 2, 2, 2, 3]);
    // Two versions that were written within a millisecond are listed in either order.
    const hasFailed = ({ status }: { readonly status: string }) => status === 'failed';
    const failed = (await untilDeliveries(caller, webhook as Webhook, (all) => all.some(hasFailed))).find(hasFailed);
    expect(failed?.attempts).toHaveLength(4);
    expect(failed?.finishedAt).not.toBeNull();
  });

  test('holds up the later versions of a customer, of whichever kind, and no other customer', async () => {
    await subscribeToAll(caller, { callbackUrl: `${receiver.url}/mirror` });
    const stuck = await create();
    await receiver.until((all) => all.length === 1);
    let isBroken = true;
    receiver.answer((response, { event }) =>
      response.writeHead(isBroken && event.data.id === stuck.uuid ? 500 : 204).end(),
    );
    await caller.patch(`/customers/${stuck.uuid}`, { notes: 'two' });
    await caller.delete(`/customers/${stuck.uuid}`);
    const free = await create();
    await receiver.until((all) => all.some(({ event }) => event.data.id === free.uuid));
    const told = () =>
      receiver.arrivals.filter(({ event }) => event.data.id === stuck.uuid).map(({ event }) => event.event);
    expect(told()).not.toContain('customer.deleted');
    isBroken = false;
    await receiver.until(() => told().includes('customer.deleted'));
    expect([...new Set(told())]).toEqual(['customer.created', 'customer.updated', 'customer.deleted']);
  });

  test('asks for a pause with Retry-After, and has it', async () => {
    await subscribe(caller, { callbackUrl: receiver.url });
    receiver.answer((response, arrival) => {
      const isFirst = receiver.arrivals[0] === arrival;
      response.writeHead(isFirst ? 429 : 204, isFirst ? { 'retry-after': '2' } : {}).end();
    });
    await create();
    const [first, second] = await receiver.until((all) => all.length === 2);
    expect((second?.time ?? 0) - (first?.time ?? 0)).toBeGreaterThanOrEqual(1_900);
  });

  test('that answers 410 is disabled, with what waits for it, and the audit says so', async () => {
    const webhook = await subscribe(caller, { callbackUrl: receiver.url });
    receiver.answer(withStatus(410));
    await create();
    const disabled = await untilWebhook(caller, webhook, ({ status }) => status === 'disabled');
    expect(disabled.disabledReason).toContain('410');
    await create();
    expect(await deliveriesOf(caller, webhook)).toHaveLength(1);
    expect((await deliveriesOf(caller, webhook))[0]).toMatchObject({ status: 'failed' });
    expect(await auditEvents()).toEqual(expect.arrayContaining(['webhook.created', 'webhook.disabled']));
    receiver.answer(withStatus(204));
    const revived = await caller.patch(`/webhooks/${webhook.uuid}`, { status: 'active' });
    expect(revived.data.webhook).toMatchObject({ status: 'active', disabledReason: null, failingSince: null });
    const { uuid } = await create();
    await receiver.until((all) => all.some(({ event }) => event.data.id === uuid));
  });

  test('for five days without one success is disabled, and for less is not', async () => {
    const webhook = await subscribe(caller, { callbackUrl: receiver.url });
    receiver.answer(withStatus(500));
    const failSince = async (days: number) => {
      const since = Date.now() - days * 86_400_000;
      await server.database.sql(`update webhooks set failing_since = ${since} where callback_url = '${receiver.url}'`);
      return create();
    };
    await failSince(4.9);
    await untilDeliveries(caller, webhook, ([newest]) => (newest?.attempts.length ?? 0) > 0);
    expect((await caller.get(`/webhooks/${webhook.uuid}`)).data.webhook.status).toBe('active');
    await failSince(5.1);
    const disabled = await untilWebhook(caller, webhook, ({ status }) => status === 'disabled');
    expect(disabled.disabledReason).toContain('5 days');
    expect(await auditEvents()).toContain('webhook.disabled');
  });

  test('is as good as new after one success', async () => {
    const webhook = await subscribe(caller, { callbackUrl: receiver.url });
    receiver.answer(withStatus(500));
    await create();
    await untilWebhook(caller, webhook, ({ failingSince }) => failingSince !== null);
    receiver.answer(withStatus(200));
    await create();
    await untilWebhook(caller, webhook, ({ failingSince }) => failingSince === null);
  });

  test('never answers within ten seconds, and gets it again', async () => {
    const webhook = await subscribe(caller, { callbackUrl: receiver.url });
    receiver.answer(() => undefined);
    await create();
    await receiver.until((all) => all.length === 1);
    receiver.answer(withStatus(204));
    await receiver.until((all) => all.length === 2);
    const [delivery] = await untilDeliveries(caller, webhook, ([newest]) => newest?.status === 'delivered');
    expect(delivery?.attempts[0]).toMatchObject({ statusCode: null, error: expect.stringContaining('in time') });
    expect(delivery?.attempts[0]?.durationMs).toBeGreaterThan(9_000);
    expect(delivery?.attempts[0]?.durationMs).toBeLessThan(20_000);
  });
});

describe('sending again', () => {
  test('one delivery, whatever has become of it', async () => {
    const webhook = await subscribe(caller, { callbackUrl: receiver.url });
    await create();
    const [arrived] = await untilDeliveries(caller, webhook, ([newest]) => newest?.status === 'delivered');
    const again = await caller.post(`/webhooks/${webhook.uuid}/deliveries/${arrived?.uuid}/redeliver`, undefined);
    expect(again.status).toBe(202);
    expect(again.data.delivery).toMatchObject({ uuid: arrived?.uuid, status: 'pending' });
    await receiver.until((all) => all.length === 2);
    expect(receiver.arrivals[1]?.body).toBe(receiver.arrivals[0]?.body);
    const [twice] = await untilDeliveries(caller, webhook, ([newest]) => newest?.status === 'delivered');
    expect(twice?.attempts).toHaveLength(2);
  });

  test('everything that was missed since a time, in order, and nothing that arrived', async () => {
    const [, webhook] = await subscribeToAll(caller, { callbackUrl: receiver.url });
    const { uuid } = await create();
    await receiver.until((all) => all.length === 1);
    receiver.answer(withStatus(500));
    const since = new Date().toISOString();
    for (const notes of ['two', 'three', 'four']) await caller.patch(`/customers/${uuid}`, { notes });
    await untilDeliveries(
      caller,
      webhook as Webhook,
      (all) => all.filter(({ status }) => status === 'failed').length === 3,
    );
    receiver.answer(withStatus(204));
    const before = receiver.arrivals.length;
    const { status, data } = await caller.post(`/webhooks/${webhook?.uuid}/redeliver`, { since });
    expect([status, data.count]).toEqual([202, 3]);
    await receiver.until((all) => all.length === before + 3);
    expect(versionsOf(receiver.arrivals.slice(before))).toEqual([2, 3, 4]);
    await untilDeliveries(caller, webhook as Webhook, (all) => all.every(({ status }) => status === 'delivered'));
    const nothing = await caller.post(`/webhooks/${webhook?.uuid}/redeliver`, { since });
    expect(nothing.data.count).toBe(0);
  });

  test('what waits for its next attempt goes at once', async () => {
    const webhook = await subscribe(caller, { callbackUrl: receiver.url });
    receiver.answer(withStatus(503, { 'retry-after': '3600' }));
    await create();
    await untilDeliveries(caller, webhook, ([newest]) => (newest?.attempts.length ?? 0) === 1);
    receiver.answer(withStatus(204));
    const { data } = await caller.post(`/webhooks/${webhook.uuid}/redeliver`, { since: '2020-01-01' });
    expect(data.count).toBe(1);
    await receiver.until((all) => all.length === 2);
  });
});

describe('a paused subscription', () => {
  test('keeps events, and sends them in order once it is active', async () => {
    const [, webhook] = await subscribeToAll(caller, { callbackUrl: receiver.url });
    const { uuid } = await create();
    await receiver.until((all) => all.length === 1);
    await caller.patch(`/webhooks/${webhook?.uuid}`, { status: 'paused' });
    for (const notes of ['two', 'three']) await caller.patch(`/customers/${uuid}`, { notes });
    const other = await create();
    await receiver.until((all) => all.some(({ event }) => event.data.id === other.uuid));
    expect(versionsOf(receiver.arrivals)).toEqual([1, 1]);
    const held = await untilDeliveries(caller, webhook as Webhook, (all) => all.length === 2);
    expect(held.map(({ status }) => status)).toEqual(['pending', 'pending']);
    await caller.patch(`/webhooks/${webhook?.uuid}`, { status: 'active' });
    await receiver.until((all) => all.length === 4);
    expect(versionsOf(receiver.arrivals)).toEqual([1, 1, 2, 3]);
  });

  test('does not hold up the other subscriptions of its address', async () => {
    const [created] = await subscribeToAll(caller, { callbackUrl: receiver.url });
    await caller.patch(`/webhooks/${created?.uuid}`, { status: 'paused' });
    const { uuid } = await create();
    await caller.patch(`/customers/${uuid}`, { notes: 'two' });
    await receiver.until((all) => all.length === 1);
    expect(versionsOf(receiver.arrivals)).toEqual([2]);
  });
});

test('what waits goes to a new address, in order', async () => {
  const [, webhook] = await subscribeToAll(caller, { callbackUrl: `${receiver.url}/old` });
  const { uuid } = await create();
  await receiver.until((all) => all.length === 1);
  receiver.answer((response, { path }) =>
    response.writeHead(path === '/old' ? 503 : 204, { 'retry-after': '3600' }).end(),
  );
  for (const notes of ['two', 'three']) await caller.patch(`/customers/${uuid}`, { notes });
  await receiver.until((all) => all.length === 2);
  await untilDeliveries(caller, webhook as Webhook, (all) => all.some(({ attempts }) => attempts.length === 1));
  await caller.patch(`/webhooks/${webhook?.uuid}`, { callbackUrl: `${receiver.url}/new` });
  await caller.post(`/webhooks/${webhook?.uuid}/redeliver`, { since: '2020-01-01' });
  await receiver.until((all) => all.length === 4);
  expect(receiver.arrivals.slice(2).map(({ path, event }) => [path, event.data.version])).toEqual([
    ['/new', 2],
    ['/new', 3],
  ]);
});

test.each(['active', 'paused'])(
  'a new address while a delivery is under way, of a subscription that is %s first: what is behind it follows',
  async (status) => {
    const [, webhook] = await subscribeToAll(caller, { callbackUrl: `${receiver.url}/old` });
    const { uuid } = await create();
    await receiver.until((all) => all.length === 1);
    let answerNow = () => {};
    const mayAnswer = new Promise<void>((resolve) => {
      answerNow = resolve;
    });
    receiver.answer(async (response, { path }) => {
      if (path === '/old') await mayAnswer;
      response.writeHead(204).end();
    });
    for (const notes of ['two', 'three']) await caller.patch(`/customers/${uuid}`, { notes });
    await receiver.until((all) => all.length === 2);
    await untilDeliveries(caller, webhook as Webhook, (all) => all.length === 2);
    if (status === 'paused') await caller.patch(`/webhooks/${webhook?.uuid}`, { status });
    await caller.patch(`/webhooks/${webhook?.uuid}`, { callbackUrl: `${receiver.url}/new`, status: 'active' });
    answerNow();
    await receiver.until((all) => all.some(({ path }) => path === '/new'));
    expect(receiver.arrivals.slice(1).map(({ path, event }) => [path, event.data.version])).toEqual([
      ['/old', 2],
      ['/new', 3],
    ]);
  },
);

test('what was given up at an old address is sent again to the new one, in order', async () => {
  const [, webhook] = await subscribeToAll(caller, { callbackUrl: `${receiver.url}/old` });
  const { uuid } = await create();
  await receiver.until((all) => all.length === 1);
  receiver.answer((response, { path }) => response.writeHead(path === '/old' ? 500 : 204).end());
  for (const notes of ['two', 'three', 'four']) await caller.patch(`/customers/${uuid}`, { notes });
  const areAllFailed = (all: readonly { readonly status: string }[]) =>
    all.length === 3 && all.every(({ status }) => status === 'failed');
  await untilDeliveries(caller, webhook as Webhook, areAllFailed);
  await caller.patch(`/webhooks/${webhook?.uuid}`, { callbackUrl: `${receiver.url}/new` });
  const before = receiver.arrivals.length;
  const { data } = await caller.post(`/webhooks/${webhook?.uuid}/redeliver`, { since: '2020-01-01' });
  expect(data.count).toBe(3);
  await receiver.until((all) => all.length === before + 3);
  expect(receiver.arrivals.slice(before).map(({ path, event }) => [path, event.data.version])).toEqual([
    ['/new', 2],
    ['/new', 3],
    ['/new', 4],
  ]);
});

test('an app that was disconnected or disabled gets nothing more', async () => {
  const app = await server.createApp();
  const other = await server.createCaller({ app, team: caller.team });
  await subscribe(caller, { callbackUrl: `${receiver.url}/stays` });
  await subscribe(other, { callbackUrl: `${receiver.url}/goes` });
  await create();
  await receiver.until((all) => all.length === 2);
  await server.command(['app', 'disable', '--client-id', app.clientId]);
  for (let count = 0; count < 2; count++) await create();
  await receiver.until((all) => all.filter(({ path }) => path === '/stays').length === 3);
  expect(receiver.arrivals.map(({ path }) => path).sort()).toEqual(['/goes', '/stays', '/stays', '/stays']);
});
