import { once } from 'node:events';
import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { expectInTime, floorOfStart, timeOf } from '../harness/in-time.js';
import { startServer, type TestServer } from '../harness/server.js';
import { headersOf, sendBytes } from '../harness/signed-request.js';

let server: TestServer;

afterEach(() => server.stop());

/** A request whose headers have arrived and whose body has not: it is in flight. */
async function startRequest(caller: Caller): Promise<{ finish(): Promise<number | undefined> }> {
  const target = '/partners/customers';
  const body = JSON.stringify(smallCustomer());
  const headers = headersOf({ method: 'POST', target, body, app: caller.app, accessToken: caller.accessToken });
  const { hostname, port } = new URL(caller.url);
  const length = { 'content-length': String(body.length), expect: '100-continue' };
  const request = httpRequest({ hostname, port, method: 'POST', path: target, headers: { ...headers, ...length } });
  const answered = new Promise<number | undefined>((resolve, reject) => {
    request.once('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.once('error', reject);
  });
  request.flushHeaders();
  await once(request, 'continue');
  request.write(body.slice(0, 10));
  return {
    finish() {
      request.end(body.slice(10));
      return answered;
    },
  };
}

test('SIGTERM lets requests in flight finish, takes no new ones, and ends with 0', async () => {
  server = await startServer();
  const caller = await server.createCaller();
  const { hostname, port } = new URL(server.url);
  const idle = connect(Number(port), hostname);
  idle.on('error', () => undefined);
  const requests = await Promise.all(Array.from({ length: 10 }, () => startRequest(caller)));

  const floorMs = await floorOfStart();
  const startedAt = performance.now();
  const ended = server.end('SIGTERM');
  await expectRefused(server.url);
  expect(await Promise.all(requests.map((request) => request.finish()))).toEqual(Array(10).fill(201));
  expect(await ended).toBe(0);
  expectInTime(performance.now() - startedAt, { limitMs: 10_000, floorMs });

  await server.restart();
  expect((await caller.get('/customers')).data.pagination.total).toBe(10);
});

/** Polls until the port takes no connection any more. */
async function expectRefused(url: string): Promise<void> {
  for (;;) {
    try {
      await sendBytes(url, { method: 'GET', target: '/healthz', headers: { connection: 'close' } });
    } catch (error) {
      expect(error).toMatchObject({ code: expect.stringMatching(/ECONNREFUSED|ECONNRESET/) });
      return;
    }
  }
}

test('a request that never ends is cut off: SIGTERM ends the server within ten seconds', async () => {
  server = await startServer();
  const { hostname, port } = new URL(server.url);
  const stuck = connect(Number(port), hostname);
  stuck.on('error', () => undefined);
  stuck.write(
    'POST /partners/customers HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 10\r\n\r\n{',
  );
  await sendBytes(server.url, { method: 'GET', target: '/healthz' });
  const floorMs = await floorOfStart();
  const tookMs = await timeOf(async () => expect(await server.end('SIGTERM')).toBe(0));
  expectInTime(tookMs, { limitMs: 10_000, floorMs });
});

test('SIGINT ends the server like SIGTERM', async () => {
  server = await startServer();
  expect(await server.end('SIGINT')).toBe(0);
});
