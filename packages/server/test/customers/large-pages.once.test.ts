import { get } from 'node:http';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { residentBytes } from '../harness/process-use.js';
import { openRawConnection, type RawConnection } from '../harness/raw-connection.js';
import { startServer, type TestServer } from '../harness/server.js';
import { headersOf } from '../harness/signed-request.js';

const TARGET = '/partners/customers?limit=100';

let server: TestServer;
let caller: Caller;
/** Another app, which acts for the same team. */
let otherApp: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
  otherApp = await server.createCaller({ app: await server.createApp(), team: caller.team });
  const metadata = Object.fromEntries(Array.from({ length: 41 }, (_, index) => [`k${index}`, '語'.repeat(495)]));
  for (let count = 0; count < 10; count++) {
    const rows = Array.from({ length: 10 }, () => smallCustomer({ metadata }));
    const { data } = await caller.post('/customers/bulk', { customers: rows });
    expect(data.successCount).toBe(10);
  }
});
afterAll(() => server.stop());

const signedHeaders = ({ app, accessToken }: Caller, target = TARGET) =>
  headersOf({ method: 'GET', target, app, accessToken });

/** Reads a page and drops it; gives its status and size. */
function readPage(by = caller, target = TARGET): Promise<{ status: number | undefined; bytes: number }> {
  return new Promise((resolve, reject) => {
    const request = get(`${server.url}${target}`, { agent: false, headers: signedHeaders(by, target) }, (answer) => {
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
      });
      answer.once('end', () => resolve({ status: answer.statusCode, bytes })).once('error', reject);
    });
    request.once('error', reject);
  });
}

test('pages of six megabytes asked for at once all come, and do not all lie in memory', async () => {
  const one = await readPage();
  expect(one.bytes).toBeGreaterThan(6_000_000);
  const before = residentBytes(server.pid);
  let most = before;
  const look = setInterval(() => {
    most = Math.max(most, residentBytes(server.pid));
  }, 20);
  const pages = await Promise.all(Array.from({ length: 80 }, () => readPage())).finally(() => clearInterval(look));
  expect(pages).toEqual(pages.map(() => ({ status: 200, bytes: one.bytes })));
  expect(most - before).toBeLessThan(80 * one.bytes);
});

/** Asks for pages and takes nothing of them. */
async function askWithoutReading(by: Caller, count: number): Promise<readonly RawConnection[]> {
  const lines = Object.entries(signedHeaders(by)).map(([name, value]) => `${name}: ${value}\r\n`);
  const connections = await Promise.all(Array.from({ length: count }, () => openRawConnection(server.url)));
  for (const connection of connections) {
    connection.stopReading();
    connection.send(`GET ${TARGET} HTTP/1.1\r\nHost: a\r\n${lines.join('')}\r\n`);
  }
  return connections;
}

test.each([2, 5])('%i apps that do not read their pages do not keep another from its own', async (count) => {
  const apps = await Promise.all(
    Array.from({ length: count }, async () =>
      server.createCaller({ app: await server.createApp(), team: caller.team }),
    ),
  );
  const idle = (await Promise.all(apps.map((app) => askWithoutReading(app, 95)))).flat();
  for (const limit of [1, 20, 100, 1]) {
    expect((await readPage(otherApp, `/partners/customers?limit=${limit}`)).status, `limit ${limit}`).toBe(200);
  }
  for (const connection of idle) connection.cut();
});

test('an app that does not read its pages does not keep another from its own', async () => {
  const idle = await askWithoutReading(caller, 8);
  const start = performance.now();
  expect((await readPage(otherApp)).status).toBe(200);
  const otherMs = performance.now() - start;
  // Those who do not read give way in time.
  expect((await readPage()).status).toBe(200);
  expect(otherMs).toBeLessThan(performance.now() - start - otherMs);
  for (const connection of idle) connection.cut();
});
