import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Caller, createCaller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { holdsWithin, openSockets } from '../harness/process-use.js';
import { openRawConnection, type RawAnswer, type RawConnection } from '../harness/raw-connection.js';
import { startServer, type TestServer } from '../harness/server.js';
import { headersOf } from '../harness/signed-request.js';

/** More than any connection may be held. */
const LATE_MS = 60_000;
/** Clients of each kind. */
const CLIENTS = 20;

let server: TestServer;
let caller: Caller;
const opened: RawConnection[] = [];

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(async () => {
  for (const connection of opened) connection.cut();
  await server.stop();
});

async function openWith(bytes: string): Promise<RawConnection> {
  const connection = await openRawConnection(server.url);
  opened.push(connection);
  connection.send(bytes);
  return connection;
}

async function openSilently(bytes: string): Promise<undefined> {
  await openWith(bytes);
}

async function nextAnswer(connection: RawConnection): Promise<RawAnswer> {
  const outcome = await connection.answer();
  if (outcome.kind !== 'answer') throw new Error(`no answer: ${outcome.kind}`);
  return outcome.answer;
}

function head(method: string, target: string, options: { body?: string; more?: string } = {}): string {
  const { app, accessToken } = caller;
  const body = options.body === undefined ? {} : { body: options.body };
  const headers = Object.entries(headersOf({ method, target, app, accessToken, ...body }));
  const lines = headers.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `${method} ${target} HTTP/1.1\r\nHost: a\r\n${lines}${options.more ?? ''}\r\n`;
}

/** Sends a byte now and then for as long as the other side takes it. */
function dribble(connection: RawConnection, byte: string): undefined {
  const timer = setInterval(() => {
    if (connection.isOpen) connection.send(byte);
    else clearInterval(timer);
  }, 500);
  timer.unref();
}

const large = { body: '{}', more: 'Content-Length: 99999999\r\n' };
const post = '/partners/customers';

/** What a client does, and which status it is told, if any; it never closes a connection, whatever comes. */
const CLIENTS_OF_A_KIND: Readonly<Record<string, () => Promise<number | undefined>>> = {
  'nothing is sent': () => openSilently(''),
  'headers that come byte by byte': async () => dribble(await openWith('GET /healthz HTTP/1.1\r\nHost: a\r\nX: '), 'a'),
  'headers that stop': () => openSilently('GET /healthz HTTP/1.1\r\nHost'),
  'a body that comes byte by byte': async () =>
    dribble(await openWith(head('POST', post, { body: '{}', more: 'Content-Length: 999\r\n' })), ' '),
  'a body that stops': async () => {
    const connection = await openWith(head('POST', post, { body: '{}', more: 'Content-Length: 999\r\n' }));
    const outcome = await connection.answer({ timeoutMs: LATE_MS });
    return outcome.kind === 'answer' ? outcome.answer.status : undefined;
  },
  'a body that is too large, and stops': async () =>
    (await nextAnswer(await openWith(head('POST', post, large)))).status,
  'a body that is too large, and comes byte by byte': async () => {
    const connection = await openWith(head('POST', post, large));
    dribble(connection, ' ');
    return (await nextAnswer(connection)).status;
  },
  'a body that is too large, on a connection to be closed': async () => {
    const more = `${large.more}Connection: close\r\n`;
    const connection = await openWith(head('POST', post, { ...large, more }));
    connection.send(' '.repeat(200_000));
    return (await nextAnswer(connection)).status;
  },
  'headers that are too large': async () => {
    const connection = await openWith(`GET /healthz HTTP/1.1\r\nHost: a\r\nX: ${'a'.repeat(100_000)}`);
    dribble(connection, 'a');
    return (await nextAnswer(connection)).status;
  },
  'no HTTP': async () => {
    const connection = await openWith('nonsense\r\n\r\n');
    dribble(connection, 'a');
    return (await nextAnswer(connection)).status;
  },
  'a tunnel is asked for': () => openSilently('CONNECT a:80 HTTP/1.1\r\nHost: a\r\n\r\n'),
  'another protocol is asked for': async () => {
    const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
    const connection = await openWith(`GET /healthz HTTP/1.1\r\nHost: a\r\n${upgrade}\r\n`);
    const { status } = await nextAnswer(connection);
    connection.finish();
    return status;
  },
  'the client sends no more': async () => {
    const connection = await openWith(head('GET', '/partners/customers'));
    connection.finish();
    return undefined;
  },
  'answers that nobody reads': async () => {
    const connection = await openWith('GET /docs/scalar.js HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20));
    connection.stopReading();
    return undefined;
  },
  'more requests one behind the other than anybody waits for': () =>
    openSilently('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2_000)),
};

const TOLD: Readonly<Record<string, number>> = {
  'a body that stops': 408,
  'a body that is too large, and stops': 413,
  'a body that is too large, and comes byte by byte': 413,
  'a body that is too large, on a connection to be closed': 413,
  'headers that are too large': 431,
  'no HTTP': 400,
  'another protocol is asked for': 200,
};

test('whatever clients do or leave undone, the server holds no connection of theirs for long', async () => {
  await caller.get('/customers');
  const before = openSockets(server.pid);
  const kinds = Object.entries(CLIENTS_OF_A_KIND);
  const told = await Promise.all(
    kinds.flatMap(([kind, act]) => Array.from({ length: CLIENTS }, async () => [kind, await act()] as const)),
  );
  for (const [kind, status] of told) expect([kind, status]).toEqual([kind, TOLD[kind]]);
  expect(await holdsWithin(LATE_MS, () => openSockets(server.pid) <= before)).toBe(true);
  expect((await caller.post('/customers', smallCustomer())).status).toBe(201);
});

describe('a server with few descriptors', () => {
  let few: TestServer;
  let customer: Caller;
  beforeAll(async () => {
    few = await startServer({ descriptors: 256 });
    const { app, team, accessToken } = await few.createCaller();
    customer = createCaller({ url: few.url, app, team, accessToken });
  });
  afterAll(() => few.stop());

  test('serves on while somebody opens more connections than it has', async () => {
    const connections: RawConnection[] = [];
    for (let count = 0; count < 600; count++) {
      const connection = await openRawConnection(few.url);
      connections.push(connection);
      connection.send('GET /healthz HTTP/1.1\r\nHo');
      if (count % 60 === 0) expect((await customer.post('/customers', smallCustomer())).status).toBe(201);
    }
    const fresh = await openRawConnection(few.url);
    fresh.send('GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n');
    expect((await nextAnswer(fresh)).status).toBe(200);
    expect(openSockets(few.pid)).toBeLessThan(200);
    // Those who have waited for longest gave way.
    expect(connections[0]?.isOpen).toBe(false);
    expect(connections.at(-1)?.isOpen).toBe(true);
    for (const connection of [...connections, fresh]) connection.cut();
  });
});
