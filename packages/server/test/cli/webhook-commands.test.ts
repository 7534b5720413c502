import { createHmac } from 'node:crypto';
import { Webhook as StandardWebhook } from 'standardwebhooks';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { collectText, type Environment, spawnProgram } from '../harness/program.js';
import { type Receiver, startReceiver, withStatus } from '../harness/receiver.js';
import { startServer, type TestServer } from '../harness/server.js';
import { LOCAL_WEBHOOKS, subscribe, untilDeliveries } from '../webhooks/webhook-caller.js';

let server: TestServer;
let receiver: Receiver;
let caller: Caller;

beforeAll(async () => {
  server = await startServer({ environment: { ...LOCAL_WEBHOOKS, COUNTERSIGN_DELIVER_WEBHOOKS: 'false' } });
  receiver = await startReceiver();
  caller = await server.createCaller();
});
afterAll(async () => {
  await server.stop();
  await receiver.stop();
});

/** A program that runs until it is told to end. */
interface Running {
  readonly lines: () => string[];
  /** Waits until it has said something on standard error. */
  untilSaid(text: string): Promise<string>;
  untilLines(isEnough: (lines: string[]) => boolean): Promise<string[]>;
  end(signal: NodeJS.Signals): Promise<number | null>;
}

function start(args: readonly string[], environment: Environment): Running {
  const child = spawnProgram(args, { environment });
  const stdout = collectText(child.stdout);
  const stderr = collectText(child.stderr);
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const lines = () => stdout().split('\n').slice(0, -1);
  const until = (stream: NodeJS.ReadableStream | null, isThere: () => boolean) =>
    new Promise<void>((resolve) => {
      const look = () => (isThere() ? resolve() : undefined);
      stream?.on('data', look);
      look();
    });
  return {
    lines,
    async untilSaid(text) {
      await until(child.stderr, () => stderr().includes(text));
      return stderr();
    },
    async untilLines(isEnough) {
      await until(child.stdout, () => isEnough(lines()));
      return lines();
    },
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

const credentials = (): Environment => ({
  COUNTERSIGN_URL: caller.url,
  COUNTERSIGN_CLIENT_ID: caller.app.clientId,
  COUNTERSIGN_CLIENT_SECRET: caller.app.clientSecret,
  COUNTERSIGN_ACCESS_TOKEN: caller.accessToken,
});

test('deliver sends what a server leaves to it, and ends in order', async () => {
  const webhook = await subscribe(caller, { callbackUrl: `${receiver.url}/delivered` });
  const { data } = await caller.post('/customers', smallCustomer());
  const deliver = start(['deliver'], server.environment);
  expect(await deliver.untilLines((lines) => lines.length > 0)).toEqual(['countersign delivering']);
  const [arrival] = await receiver.until((all) => all.some(({ path }) => path === '/delivered'));
  expect(arrival?.event.data).toEqual(data.customer);
  await untilDeliveries(caller, webhook, ([newest]) => newest?.status === 'delivered');
  expect(await deliver.end('SIGTERM')).toBe(0);
});

test('listen forwards every event in order, signed, prints a line each, and leaves nothing behind', async () => {
  const url = `${receiver.url}/local`;
  const deliver = start(['deliver'], server.environment);
  const listen = start(['listen', '--forward-to', url, '--json'], credentials());
  const said = await listen.untilSaid('signed with');
  const secret = /signed with (whsec_\S+)/.exec(said)?.[1] ?? '';
  const { data } = await caller.post('/customers', smallCustomer());
  const { uuid } = data.customer;
  await caller.patch(`/customers/${uuid}`, { notes: 'two' });
  receiver.answer(withStatus(500));
  await caller.delete(`/customers/${uuid}`);
  const lines = (await listen.untilLines((all) => all.length === 3)).map((line) => JSON.parse(line));
  const arrivals = receiver.arrivals.filter(({ path }) => path === '/local');
  expect(arrivals.map(({ event }) => event.event)).toEqual([
    'customer.created',
    'customer.updated',
    'customer.deleted',
  ]);
  expect(lines.map(({ event, id }) => [event, id])).toEqual(arrivals.map(({ event }) => [event.event, event.id]));
  for (const { body, headers, event } of arrivals) {
    const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];
    const standard = Object.fromEntries(names.map((name) => [name, String(headers[name])]));
    expect(new StandardWebhook(secret).verify(body, standard)).toEqual(event);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'x-webhook-id': event.id,
      'x-webhook-event': event.event,
      'x-webhook-signature': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
    });
  }
  expect(await listen.end('SIGINT')).toBe(0);
  await deliver.end('SIGTERM');
  const left = await server.database.sql(
    "select count(*) as count from webhooks where event = '*' and deleted_at is null",
  );
  expect(Number(left[0]?.count)).toBe(0);
  receiver.answer(withStatus(204));
});

test('webhooks tail shows each attempt as it ends', async () => {
  const webhook = await subscribe(caller, { callbackUrl: `${receiver.url}/watched` });
  const tail = start(['webhooks', 'tail', '--json'], credentials());
  await tail.untilSaid('Waiting');
  let failures = 1;
  const isWatched = (path: string) => path === '/watched';
  receiver.answer((response, { path }) => response.writeHead(isWatched(path) && failures-- > 0 ? 500 : 204).end());
  const { data } = await caller.post(`/webhooks/${webhook.uuid}/test`, undefined);
  const deliver = start(['deliver'], server.environment);
  const isOwn = (line: string) => line.includes(data.delivery.uuid);
  const lines = (await tail.untilLines((all) => all.filter(isOwn).length === 2)).filter(isOwn);
  const attempts = lines.map((line) => JSON.parse(line));
  expect(attempts.map(({ number, statusCode }) => [number, statusCode])).toEqual([
    [1, 500],
    [2, 204],
  ]);
  expect(attempts[1]).toMatchObject({
    webhookUuid: webhook.uuid,
    callbackUrl: webhook.callbackUrl,
    event: 'customer.created',
    status: 'delivered',
    isTest: true,
  });
  expect(await tail.end('SIGINT')).toBe(0);
  await deliver.end('SIGTERM');
});
