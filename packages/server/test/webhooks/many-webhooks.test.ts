import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { type Receiver, startReceiver } from '../harness/receiver.js';
import { startServer, type TestServer } from '../harness/server.js';
import { deliveriesOf, LOCAL_WEBHOOKS, subscribe } from './webhook-caller.js';

const WEBHOOKS = 1_000;
const CHANGES = 3;
/** How many requests to make at once. */
const AT_ONCE = 20;

let server: TestServer;
let receiver: Receiver;
let caller: Caller;

beforeAll(async () => {
  server = await startServer({ environment: LOCAL_WEBHOOKS });
  receiver = await startReceiver();
  caller = await server.createCaller();
});
afterAll(async () => {
  await server.stop();
  await receiver.stop();
});

/** Makes some changes, and gives how long it takes until every subscription but one has heard of each, in milliseconds. */
async function timeArrivals(): Promise<number> {
  const before = receiver.arrivals.length;
  const start = performance.now();
  for (let change = 0; change < CHANGES; change++) await caller.post('/customers', smallCustomer());
  const isLive = ({ path }: { path: string }) => path !== '/0';
  await receiver.until((all) => all.slice(before).filter(isLive).length === CHANGES * (WEBHOOKS - 1));
  return performance.now() - start;
}

test('of a thousand subscriptions, one that is dead makes the others no later', async () => {
  const numbers = Array.from({ length: WEBHOOKS }, (_, number) => number);
  const subscribeSome = async () => {
    for (let number = numbers.pop(); number !== undefined; number = numbers.pop()) {
      await subscribe(caller, { callbackUrl: `${receiver.url}/${number}` });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, subscribeSome));
  const { data } = await caller.get('/webhooks', { query: { limit: 100 } });
  expect(data.pagination.hasMore).toBe(true);

  await timeArrivals();
  const withoutMs = await timeArrivals();
  receiver.answer((response, { path }) => {
    // It takes the request and never answers.
    if (path !== '/0') response.writeHead(204).end();
  });
  const withMs = await timeArrivals();
  console.info(
    `1,000 webhooks, ${CHANGES} changes: ${Math.round(withoutMs)} ms, with a dead one ${Math.round(withMs)} ms`,
  );
  // A worker that waited for the dead one would be ten seconds later.
  expect(withMs).toBeLessThan(2 * withoutMs + 3_000);
  const dead = await findDead();
  expect((await deliveriesOf(caller, dead)).filter(({ status }) => status === 'pending')).toHaveLength(CHANGES);
});

async function findDead() {
  let cursor: string | null = null;
  do {
    const query: Record<string, string | number> = cursor === null ? {} : { cursor };
    const { data } = await caller.get('/webhooks', { query });
    const dead = data.webhooks.find(({ callbackUrl }) => callbackUrl === `${receiver.url}/0`);
    if (dead !== undefined) return dead;
    cursor = data.pagination.nextCursor;
  } while (cursor !== null);
  throw new Error('the dead webhook is not listed');
}
