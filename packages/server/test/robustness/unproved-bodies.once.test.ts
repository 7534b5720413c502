import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { holdsWithin, residentBytes } from '../harness/process-use.js';
import { openRawConnection, type RawConnection } from '../harness/raw-connection.js';
import { startServer, type TestServer } from '../harness/server.js';
import { headersOf } from '../harness/signed-request.js';

const MEBIBYTE = 1_048_576;
/** What a process holds of bodies that nobody has proved, in MiB. */
const ROOM = 64;
const TARGET = '/partners/customers';
/** Longer than the server waits for a body. */
const LATE_MS = 45_000;

/** A body of a mebibyte, as it is signed. */
function largeBody(): string {
  return JSON.stringify(smallCustomer()).padEnd(MEBIBYTE);
}

function headOf({ app, accessToken }: Caller, body: string, options: { isForged?: boolean; framing?: string }): string {
  const { isForged = false, framing = `Content-Length: ${body.length}` } = options;
  const signature = isForged ? { signature: () => 'a'.repeat(64) } : {};
  const headers = headersOf({ method: 'POST', target: TARGET, app, accessToken, body, ...signature });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST ${TARGET} HTTP/1.1\r\nHost: a\r\n${lines.join('')}${framing}\r\n\r\n`;
}

async function openWith(server: TestServer, ...parts: readonly string[]): Promise<RawConnection> {
  const connection = await openRawConnection(server.url);
  for (const part of parts) connection.send(part);
  return connection;
}

async function statusOf(connection: RawConnection): Promise<number | string> {
  const outcome = await connection.answer({ timeoutMs: LATE_MS });
  return outcome.kind === 'answer' ? outcome.answer.status : outcome.kind;
}

describe('bodies that nobody has proved', () => {
  let server: TestServer;
  let caller: Caller;
  beforeAll(async () => {
    server = await startServer();
    caller = await server.createCaller();
  });
  afterAll(() => server.stop());

  async function sendLarge(): Promise<number | string> {
    const body = largeBody();
    const connection = await openWith(server, headOf(caller, body, {}), body);
    const status = await statusOf(connection);
    connection.cut();
    return status;
  }

  /** Counts the connections that were told that they are late, as long as others are open. */
  function countLate(connections: readonly RawConnection[]) {
    const late = { count: 0 };
    for (const connection of connections) {
      void statusOf(connection).then((status) => {
        if (status === 408) late.count++;
      });
    }
    return late;
  }

  test.each([
    ['of a length that is told', (body: string) => [`Content-Length: ${body.length}`, body.slice(0, -1)] as const],
    [
      'in chunks',
      (body: string) => ['Transfer-Encoding: chunked', `${MEBIBYTE.toString(16)}\r\n${body.slice(0, -1)}`] as const,
    ],
  ])('%s, and never come to their end, give way to who sends briskly', async (_name, framed) => {
    const before = residentBytes(server.pid);
    const [framing, begun] = framed(largeBody());
    const head = headOf(caller, '{}', { isForged: true, framing });
    const attackers = await Promise.all(Array.from({ length: 4 * ROOM }, () => openWith(server, head, begun)));
    const late = countLate(attackers);
    for (let count = 0; count < 10; count++) expect(await sendLarge()).toBe(201);
    expect(await holdsWithin(10_000, () => late.count >= 3 * ROOM)).toBe(true);
    expect(residentBytes(server.pid) - before).toBeLessThan(4 * ROOM * MEBIBYTE);
    for (const attacker of attackers) attacker.cut();
    expect(await sendLarge()).toBe(201);
  });

  test('are all looked at where they come to their end, and so is an honest one among them', async () => {
    const body = largeBody();
    const head = headOf(caller, body, { isForged: true });
    const attackers = await Promise.all(Array.from({ length: 4 * ROOM }, () => openWith(server, head, body)));
    const [honest, ...forged] = await Promise.all([sendLarge(), ...attackers.map(statusOf)]);
    expect(honest).toBe(201);
    expect(forged.filter((status) => status === 401 || status === 408)).toHaveLength(attackers.length);
    for (const attacker of attackers) attacker.cut();
  });

  test('give back all their room when they are proved, refused or cut off', async () => {
    const bodies = Array.from({ length: ROOM / 2 - 2 }, largeBody);
    const unfinished = await Promise.all(
      bodies.map((body) => openWith(server, headOf(caller, body, {}), body.slice(0, -1))),
    );
    // Further ones that come and go would not find room if the others did not leave it.
    for (let count = 0; count < ROOM; count++) expect(await sendLarge()).toBe(201);
    for (const connection of unfinished) connection.send(' ');
    expect(new Set(await Promise.all(unfinished.map(statusOf)))).toEqual(new Set([201]));
    for (const connection of unfinished) connection.cut();
  });
});

test('a body that its client cuts off, behind a head that could be good, counts as a failed authentication', async () => {
  const server = await startServer({ environment: { COUNTERSIGN_AUTH_FAILURE_LIMIT: '5' } });
  try {
    const caller = await server.createCaller();
    expect((await caller.get('/customers')).status).toBe(200);
    const head = headOf(caller, '{}', { framing: 'Content-Length: 99' });
    const asked = `${head.replace('\r\n\r\n', '\r\nExpect: 100-continue\r\n\r\n')}`;
    for (let count = 0; count < 5; count++) {
      const connection = await openWith(server, asked);
      expect(await connection.interim()).toBe('HTTP/1.1 100 Continue');
      connection.send('{');
      connection.cut();
    }
    expect(await holdsWithin(10_000, async () => (await caller.get('/customers')).status === 429)).toBe(true);
  } finally {
    await server.stop();
  }
});
