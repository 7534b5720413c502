import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';

const ROWS = 12;
const ROUNDS = 3;
/** About 1 MiB of events, and the envelope. */
const MOST_BYTES = 1_048_576;

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

test('a listener gets large events in several answers of about a mebibyte, each once it acknowledged those before', async () => {
  const { headers } = await caller.post('/webhooks/listeners', undefined);
  const path = String(headers.get('location')).replace(/^\/partners(.*)\/events$/, '$1');
  const metadata = Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`k${index}`, '語'.repeat(495)]));
  for (let round = 0; round < ROUNDS; round++) {
    const rows = Array.from({ length: ROWS }, () => smallCustomer({ metadata }));
    expect((await caller.post('/customers/bulk', { customers: rows })).data.successCount).toBe(ROWS);
  }
  const had: string[] = [];
  let mostEvents = 0;
  while (had.length < ROWS * ROUNDS) {
    const { status, text } = await caller.get(`${path}/events`, { query: { wait: 25 } });
    expect([status, Buffer.byteLength(text) <= MOST_BYTES]).toEqual([200, true]);
    const ids = JSON.parse(text).data.events.map(({ id }: { id: string }) => id);
    expect(ids.length).toBeGreaterThan(0);
    mostEvents = Math.max(mostEvents, ids.length);
    had.push(...ids);
    expect((await caller.post(`${path}/acknowledge`, { events: ids })).status).toBe(200);
  }
  expect(new Set(had).size).toBe(ROWS * ROUNDS);
  expect(mostEvents).toBeGreaterThan(1);
});
