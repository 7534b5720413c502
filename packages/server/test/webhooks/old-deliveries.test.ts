import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { type Receiver, startReceiver, withStatus } from '../harness/receiver.js';
import { startServer, type TestServer } from '../harness/server.js';
import { deliveriesOf, LOCAL_WEBHOOKS, subscribe, untilDeliveries } from './webhook-caller.js';

const DAY_MS = 86_400_000;

let server: TestServer;
let receiver: Receiver;
let caller: Caller;

beforeAll(async () => {
  server = await startServer({
    environment: {
      ...LOCAL_WEBHOOKS,
      COUNTERSIGN_WEBHOOK_KEEP_DELIVERED_DAYS: '10',
      COUNTERSIGN_WEBHOOK_KEEP_FAILED_DAYS: '20',
    },
  });
  receiver = await startReceiver();
  caller = await server.createCaller();
});
afterAll(async () => {
  await server.stop();
  await receiver.stop();
});

const count = async (table: string): Promise<number> =>
  Number((await server.database.sql(`select count(*) as count from ${table}`))[0]?.count);

/** A UUID as the engine writes it down in SQL. */
function literal(uuid: string): string {
  return server.database.url.startsWith('sqlite') ? `x'${uuid.replaceAll('-', '')}'` : `'${uuid}'`;
}

/** Makes a delivery look as if it had been made and finished so many days ago. */
async function age(uuid: string, days: number): Promise<void> {
  const time = Date.now() - days * DAY_MS;
  const hex = time.toString(16).padStart(12, '0');
  const older = `${hex.slice(0, 8)}-${hex.slice(8)}${uuid.slice(13)}`;
  await server.database.sql(
    `update webhook_attempts set delivery_uuid = ${literal(older)} where delivery_uuid = ${literal(uuid)}`,
  );
  await server.database.sql(
    `update webhook_deliveries set uuid = ${literal(older)}, finished_at = ${time}, created_at = ${time}
     where uuid = ${literal(uuid)}`,
  );
}

test('what arrived, and what was given up, is dropped when it was kept long enough, with its attempts and events', async () => {
  const webhook = await subscribe(caller, { callbackUrl: receiver.url });
  const days: [status: string, how: number, age: number][] = [
    ['delivered', 204, 9],
    ['delivered', 204, 11],
    ['failed', 500, 19],
    ['failed', 500, 21],
  ];
  for (const [count, [status, how]] of days.entries()) {
    receiver.answer(withStatus(how));
    await caller.post('/customers', smallCustomer());
    await untilDeliveries(caller, webhook, (all) => all.length === count + 1 && all[0]?.status === status);
  }
  const made = (await deliveriesOf(caller, webhook)).toReversed();
  expect(await server.end('SIGTERM')).toBe(0);
  for (const [number, { uuid }] of made.entries()) await age(uuid, days[number]?.[2] ?? 0);
  expect([await count('webhook_deliveries'), await count('webhook_events')]).toEqual([4, 4]);
  await server.restart();
  const kept = await untilDeliveries(caller, webhook, (all) => all.length === 2);
  expect(kept.map(({ status }) => status).sort()).toEqual(['delivered', 'failed']);
  expect([await count('webhook_deliveries'), await count('webhook_events')]).toEqual([2, 2]);
  const [orphans] = await server.database.sql(
    'select count(*) as count from webhook_attempts where delivery_uuid not in (select uuid from webhook_deliveries)',
  );
  expect(Number(orphans?.count)).toBe(0);
});

test('nothing is left of a subscription that was deleted', async () => {
  const { data } = await caller.get('/webhooks');
  for (const { uuid } of data.webhooks) await caller.delete(`/webhooks/${uuid}`);
  await server.end('SIGTERM');
  await server.restart();
  const tables = ['webhooks', 'webhook_deliveries', 'webhook_attempts', 'webhook_events'];
  for (;;) {
    const counts = await Promise.all(tables.map(count));
    if (counts.every((rows) => rows === 0)) break;
  }
});
