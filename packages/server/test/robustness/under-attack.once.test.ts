import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { holdsWithin, openSockets, residentBytes } from '../harness/process-use.js';
import { openRawConnection, type RawConnection } from '../harness/raw-connection.js';
import { startServer, type TestServer } from '../harness/server.js';
import { headersOf, sendBytes } from '../harness/signed-request.js';

/** How many times as long as the slowest tenth of quiet answers the usual answer may take under attack. */
const SLOWER = 8;
/** How long each attack lasts, in milliseconds. */
const ATTACK_MS = 1_500;
/** Between two steps of an attack: no attack is a mere flood, which any server feels. */
const STEP_MS = 50;
/** The same for an app: it goes to three times the limit that apps have by default. */
const APP_STEP_MS = 200;
const MEBIBYTE = 1_048_576;

let server: TestServer;
let caller: Caller;
let probe: Worker;
const opened: RawConnection[] = [];

/** Asks for `/healthz` from a thread of its own for a while; gives the times in milliseconds. */
const PROBE = `
const { parentPort, workerData } = require('node:worker_threads');
const { Agent, get } = require('node:http');
const agent = new Agent({ keepAlive: true, maxSockets: 1 });
const ask = () => new Promise((resolve, reject) => {
  const start = performance.now();
  get(workerData + '/healthz', { agent }, (answer) => {
    answer.resume().once('end', () => resolve(performance.now() - start));
  }).once('error', reject);
});
parentPort.on('message', async (forMs) => {
  const times = [];
  for (const end = performance.now() + forMs; performance.now() < end; ) {
    times.push(await ask());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  parentPort.postMessage(times);
});
`;

beforeAll(async () => {
  server = await startServer({
    environment: { COUNTERSIGN_AUTH_FAILURE_LIMIT: '100', COUNTERSIGN_KEEP_ALIVE_SECONDS: '5' },
  });
  caller = await server.createCaller();
  probe = new Worker(PROBE, { eval: true, workerData: server.url });
  // Pages of some MiB, for the app that goes to its limit.
  const row = () =>
    smallCustomer({ metadata: Object.fromEntries(Array.from({ length: 45 }, (_, i) => [`k${i}`, 'x'.repeat(500)])) });
  for (let count = 0; count < 4; count++) {
    const { status } = await caller.post('/customers/bulk', { customers: Array.from({ length: 30 }, row) });
    expect(status).toBe(201);
  }
});
afterAll(async () => {
  for (const connection of opened) connection.cut();
  await probe.terminate();
  await server.stop();
});

function answerTimes(forMs: number): Promise<number[]> {
  return new Promise((resolve) => {
    probe.once('message', (times: number[]) => resolve(times.sort((a, b) => a - b)));
    probe.postMessage(forMs);
  });
}

const quantile = (times: readonly number[], share: number) => times[Math.floor(times.length * share)] ?? 0;

async function connect(bytes: string): Promise<RawConnection> {
  const connection = await openRawConnection(server.url);
  opened.push(connection);
  connection.send(bytes);
  return connection;
}

const post = (more: string) =>
  `POST /partners/customers HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n${more}\r\n`;

function forged(body: string): Promise<unknown> {
  const { clientId } = caller.app;
  const headers = {
    'content-type': 'application/json',
    'x-client-id': clientId,
    'x-timestamp': String(Math.floor(Date.now() / 1_000)),
    'x-signature': 'f'.repeat(64),
    connection: 'close',
  };
  // A refusal may come, and the connection end, before all was sent.
  return sendBytes(server.url, { method: 'POST', target: '/partners/customers', headers, body }).catch(() => undefined);
}

const signed = (rawBody: string, path = '/customers') =>
  caller.send('POST', path, { rawBody, headers: { 'content-type': 'application/json' } });
const many = (piece: string) =>
  Array(Math.floor((MEBIBYTE - 2_000) / (piece.length + 1)))
    .fill(piece)
    .join(',');
const nested = '['.repeat(MEBIBYTE / 2 - 1) + ']'.repeat(MEBIBYTE / 2 - 1);

/** One step of each attack; it is repeated, and what it opens stays open. */
const ATTACKS: Readonly<Record<string, () => Promise<unknown>>> = {
  'slow headers': () => connect('GET /healthz HTTP/1.1\r\nHost: a\r\nX: '),
  'many connections': () => Promise.all(Array.from({ length: 10 }, () => connect(''))),
  'bodies without an end': async () =>
    (await connect(post('Transfer-Encoding: chunked\r\n'))).send(`100000\r\n${' '.repeat(200_000)}`),
  'bodies that are too large': async () =>
    (await connect(post('Content-Length: 99999999\r\n'))).send(' '.repeat(200_000)),
  'headers that are too large': () => connect(`GET /healthz HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(60_000)}`),
  'no HTTP': () => connect('nonsense\r\n\r\n'.repeat(1_000)),
  'answers that nobody reads': async () =>
    (await connect('GET /docs/scalar.js HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(10))).stopReading(),
  'requests one behind the other': () => connect('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(40)),
  'huge lists, signed wrongly': () => forged(`{"contacts":[${many('1')}]}`),
  'deep nesting, signed wrongly': () => forged(nested),
};

/** The same of an app, which signs. */
const ATTACKS_OF_AN_APP: Readonly<Record<string, () => Promise<unknown>>> = {
  'huge lists': () => signed(`{"customer":"a","email":"a@b.example","contacts":[${many('1')}]}`),
  'rows without end': () => signed(`{"customers":[${many('1')}]}`, '/customers/bulk'),
  'pages that nobody reads': askForPage,
};

async function askForPage(): Promise<void> {
  const target = '/partners/customers?limit=100';
  const { app, accessToken } = caller;
  const lines = Object.entries(headersOf({ method: 'GET', target, app, accessToken }));
  const head = `GET ${target} HTTP/1.1\r\nHost: a\r\n${lines.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`;
  const connection = await connect(head);
  connection.stopReading();
}

async function attack(step: () => Promise<unknown>, stepMs: number): Promise<void> {
  const steps: Promise<unknown>[] = [];
  for (const end = Date.now() + ATTACK_MS; Date.now() < end; await wait(stepMs)) steps.push(step());
  await Promise.all(steps);
}

test('attackers slow nobody down, and leave nothing behind', async () => {
  await answerTimes(500);
  const [socketsBefore, bytesBefore] = [openSockets(server.pid), residentBytes(server.pid)];
  const slowed: Record<string, readonly number[]> = {};
  const attacks = [
    ...Object.entries(ATTACKS_OF_AN_APP).map(([name, step]) => ({
      name: `${name} of an app`,
      step,
      stepMs: APP_STEP_MS,
    })),
    // After these, the address is throttled.
    ...Object.entries(ATTACKS).map(([name, step]) => ({ name, step, stepMs: STEP_MS })),
  ];
  for (const { name, step, stepMs } of attacks) {
    const quiet = await answerTimes(400);
    const [times] = await Promise.all([answerTimes(ATTACK_MS), attack(step, stepMs)]);
    const [usual, floor] = [quantile(times, 0.5), quantile(quiet, 0.9)];
    if (usual > SLOWER * floor) slowed[name] = [usual, floor];
  }
  expect(slowed).toEqual({});
  expect((await fetch(`${server.url}/readyz`)).status).toBe(200);
  for (const connection of opened) connection.cut();
  expect(await holdsWithin(60_000, () => openSockets(server.pid) <= socketsBefore)).toBe(true);
  // Memory that was used once is kept for a while by the allocator; what is held grows with the attack.
  expect(residentBytes(server.pid)).toBeLessThan(2.5 * bytesBefore);
});
