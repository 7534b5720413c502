import { afterAll, beforeAll, expect, test } from 'vitest';
import { createCaller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { type DevServer, startDevServer } from '../harness/dev-server.js';
import { startReceiver, withStatus } from '../harness/receiver.js';
import { deliveriesOf, subscribe, untilDeliveries, untilWebhook } from '../webhooks/webhook-caller.js';

const HOUR = 3_600;
const DAY = 24 * HOUR;

let server: DevServer;

beforeAll(async () => {
  server = await startDevServer();
});
afterAll(() => server.stop());

/** A caller with a new pair of tokens, and what refreshes it. */
async function callerWithTokens() {
  const caller = await server.createCaller();
  const body = { clientId: caller.app.clientId, team: caller.team.uuid };
  const { token } = (await server.control('POST', 'tokens', body)).json;
  const refresh = () =>
    caller.post('/refresh-user-access-token', { grantType: 'refresh_token', refreshToken: token.refreshToken });
  return { caller, token, refresh };
}

test('an access token lives an hour, and its refresh gives one that lives another', async () => {
  const { caller, refresh } = await callerWithTokens();
  await server.advance(HOUR - 60);
  expect((await caller.get('/customers')).status).toBe(200);
  await server.advance(61);
  expect((await caller.get('/customers')).body.code).toBe('token_expired');
  const { data } = await refresh();
  const result = (data as unknown as { result: { accessToken: string; accessTokenExpiresAt: string } }).result;
  const { now } = (await server.control('GET', 'clock')).json;
  expect(Math.round((Date.parse(result.accessTokenExpiresAt) - Date.parse(now)) / 1_000 / 60)).toBe(60);
  const renewed = createCaller({ ...caller, accessToken: result.accessToken, now: () => Date.parse(now) });
  expect((await renewed.get('/customers')).status).toBe(200);
});

test('after 40 days refresh tokens are over, and before 30 they are not', async () => {
  const { caller, refresh } = await callerWithTokens();
  await server.advance(29 * DAY);
  expect((await refresh()).status).toBe(200);
  const late = await callerWithTokens();
  await server.advance(40 * DAY);
  const refused = await late.refresh();
  expect([refused.status, refused.body.status]).toEqual([400, 'error']);
  // What is long over is forgotten, as it is by then.
  expect((await caller.get('/customers')).body.code).toBe('invalid_token');
});

test('a request is measured by the moved clock', async () => {
  const { caller } = await callerWithTokens();
  const byMachine = createCaller({ ...caller, now: () => Date.now() - 3 * HOUR * 1_000 });
  const answer = await byMachine.get('/customers');
  expect(answer.body).toMatchObject({ code: 'timestamp_out_of_range' });
});

test('a kept answer is given for a day', async () => {
  const { caller, token } = await callerWithTokens();
  const [customer, options] = [smallCustomer(), { headers: { 'idempotency-key': 'day' } }];
  const first = await caller.post('/customers', customer, options);
  await server.advance(HOUR - 60);
  expect((await caller.post('/customers', customer, options)).text).toBe(first.text);
  await server.advance(DAY);
  const { clientId } = caller.app;
  const fresh = (await server.control('POST', 'tokens', { clientId, team: caller.team.uuid })).json.token;
  expect(fresh.accessToken).not.toBe(token.accessToken);
  const { now } = (await server.control('GET', 'clock')).json;
  const later = createCaller({ ...caller, accessToken: fresh.accessToken, now: () => Date.parse(now) });
  expect((await later.post('/customers', customer, options)).body.code).toBe('email_already_exists');
});

test('a minute of the moved clock ends the window of a limit', async () => {
  const limited = await startDevServer(['--ephemeral', '--rate-limit', '3']);
  try {
    const caller = await limited.createCaller();
    const statuses = async () => {
      const answers = [];
      for (let sent = 0; sent < 4; sent += 1) answers.push((await caller.get('/customers')).status);
      return answers;
    };
    expect(await statuses()).toEqual([200, 200, 200, 429]);
    await limited.advance(50);
    expect(await statuses()).toEqual([429, 429, 429, 429]);
    await limited.advance(11);
    expect(await statuses()).toEqual([200, 200, 200, 429]);
  } finally {
    await limited.stop();
  }
});

test('a frozen clock stands, and runs on from there', async () => {
  await server.control('PATCH', 'clock', { frozen: true });
  const { now } = (await server.control('GET', 'clock')).json;
  const created = async () => {
    const caller = await server.createCaller();
    const standing = createCaller({ ...caller, now: () => Date.parse(now) });
    return (await standing.post('/customers', smallCustomer())).data.customer.createdAt;
  };
  expect([await created(), await created()]).toEqual([now, now]);
  await server.control('PATCH', 'clock', { frozen: false });
  const running = Date.parse((await server.control('GET', 'clock')).json.now);
  expect(running - Date.parse(now)).toBeLessThan(60_000);
  await server.advance(0);
});

test('three days of retries pass at once, and the delivery is given up as after them', async () => {
  const { caller } = await callerWithTokens();
  const receiver = await startReceiver(withStatus(500));
  try {
    const webhook = await subscribe(caller, { callbackUrl: receiver.url });
    await caller.post('/customers', smallCustomer());
    for (let attempts = 1; ; attempts += 1) {
      const reader = await readerOf(caller);
      const [delivery] = await untilDeliveries(reader, webhook, ([one]) => one?.attempts.length === attempts);
      expect(receiver.arrivals).toHaveLength(attempts);
      if (delivery?.status === 'failed') break;
      const due = Date.parse(delivery?.nextAttemptAt ?? '');
      const { now } = (await server.control('GET', 'clock')).json;
      await server.advance(Math.max(0, Math.ceil((due - Date.parse(now)) / 1_000)));
    }
    expect(receiver.arrivals).toHaveLength(10);
  } finally {
    await receiver.stop();
  }
});

test('five days without a success disable a webhook, and four do not', async () => {
  const { caller } = await callerWithTokens();
  const receiver = await startReceiver(withStatus(500));
  try {
    const webhook = await subscribe(caller, { callbackUrl: receiver.url });
    const failOnce = async (count: number) => {
      await (await readerOf(caller)).post('/customers', smallCustomer());
      await receiver.until((arrivals) => arrivals.length >= count);
    };
    await failOnce(1);
    await untilDeliveries(await readerOf(caller), webhook, ([one]) => (one?.attempts.length ?? 0) > 0);
    await server.advance(4 * DAY);
    await failOnce(2);
    expect((await (await readerOf(caller)).get(`/webhooks/${webhook.uuid}`)).data.webhook.status).toBe('active');
    await server.advance(DAY + HOUR);
    await failOnce(3);
    const disabled = await untilWebhook(await readerOf(caller), webhook, ({ status }) => status === 'disabled');
    expect(disabled.status).toBe('disabled');
    expect((await deliveriesOf(await readerOf(caller), webhook)).length).toBeGreaterThan(0);
  } finally {
    await receiver.stop();
  }
});

/** The same caller with a token of now. */
async function readerOf(caller: Awaited<ReturnType<DevServer['createCaller']>>) {
  const body = { clientId: caller.app.clientId, team: caller.team.uuid };
  const { token } = (await server.control('POST', 'tokens', body)).json;
  const ahead = Date.parse((await server.control('GET', 'clock')).json.now) - Date.now();
  return createCaller({ ...caller, accessToken: token.accessToken, now: () => Date.now() + ahead });
}
