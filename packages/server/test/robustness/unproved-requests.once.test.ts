import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { openRawConnection, type RawConnection } from '../harness/raw-connection.js';
import { startServer, type TestServer } from '../harness/server.js';
import { type HandMadeRequest, headersOf, sendByHand, sha256 } from '../harness/signed-request.js';

const MEBIBYTE = 1_048_576;
const TARGET = '/partners/customers';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer({ environment: { COUNTERSIGN_TRUSTED_PROXIES: '127.0.0.1' } });
  caller = await server.createCaller();
});
afterAll(() => server.stop());

type Parts = Partial<HandMadeRequest>;

const WRONG: Readonly<Record<string, { readonly code: string; readonly parts: Parts }>> = {
  'without signing headers': { code: 'missing_credentials', parts: { headers: { 'x-signature': undefined } } },
  'of an unknown client': { code: 'invalid_client', parts: { headers: { 'x-client-id': 'nobody' } } },
  'of another time': { code: 'timestamp_out_of_range', parts: { timestamp: '1700000000' } },
  'with a text that is no signature': { code: 'invalid_signature', parts: { signature: () => 'A'.repeat(64) } },
};

function headOf(by: Pick<Caller, 'app' | 'accessToken'>, parts: Parts, more: string): string {
  const { app, accessToken } = by;
  const headers = headersOf({ method: 'POST', target: TARGET, app, accessToken, ...parts });
  const lines = Object.entries({ ...headers, 'content-type': 'application/json' }).map(([n, v]) => `${n}: ${v}\r\n`);
  return `POST ${TARGET} HTTP/1.1\r\nHost: a\r\n${lines.join('')}${more}\r\n`;
}

async function nextAnswer(connection: RawConnection) {
  const outcome = await connection.answer();
  if (outcome.kind !== 'answer') throw new Error(outcome.kind);
  const { status, headers, body } = outcome.answer;
  return { status, headers, code: JSON.parse(body.toString('utf8')).code };
}

describe('a request that its head refuses is answered before its body is sent', () => {
  test.each(Object.entries(WRONG))('%s', async (_name, { code, parts }) => {
    for (const framing of [`Content-Length: ${MEBIBYTE}`, 'Transfer-Encoding: chunked']) {
      const connection = await openRawConnection(server.url);
      connection.send(headOf(caller, parts, `${framing}\r\n`));
      expect(await nextAnswer(connection)).toMatchObject({ status: 401, code });
      connection.cut();
    }
  });

  test('of an app that is over its limit', async () => {
    const few = await server.createCaller({ app: await server.createApp({ rateLimit: 2 }) });
    for (let count = 0; count < 3; count++) await few.get('/customers');
    const connection = await openRawConnection(server.url);
    connection.send(headOf(few, {}, `Content-Length: ${MEBIBYTE}\r\n`));
    const answer = await nextAnswer(connection);
    expect(answer).toMatchObject({ status: 429, code: 'rate_limit_exceeded' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answer.headers.get('ratelimit-remaining')).toBe('0');
    connection.cut();
  });

  test('and a client that sends its body all the same gets the answer, and is served on', async () => {
    const connection = await openRawConnection(server.url);
    const body = ' '.repeat(MEBIBYTE / 2);
    connection.send(headOf(caller, { timestamp: '1' }, `Content-Length: ${body.length}\r\n`));
    for (let sent = 0; sent < body.length; sent += 65_536) connection.send(body.slice(sent, sent + 65_536));
    expect((await nextAnswer(connection)).status).toBe(401);
    const json = JSON.stringify(smallCustomer());
    connection.send(headOf(caller, { body: json }, `Content-Length: ${Buffer.byteLength(json)}\r\n`) + json);
    expect((await nextAnswer(connection)).status).toBe(201);
    connection.cut();
  });
});

describe('who waits to be asked for the body', () => {
  const json = JSON.stringify(smallCustomer());
  const expecting = `Content-Length: ${json.length}\r\nExpect: 100-continue\r\n`;

  test('is refused without being asked, and the connection ends', async () => {
    const connection = await openRawConnection(server.url);
    connection.send(headOf(caller, { timestamp: '1' }, expecting));
    const bytes = await connection.answer();
    if (bytes.kind !== 'answer') throw new Error(bytes.kind);
    expect([bytes.answer.status, bytes.answer.headers.get('connection')]).toEqual([401, 'close']);
    expect(await connection.isClosedWithin(10_000)).toBe(true);
    connection.cut();
  });

  test('is asked, and served on', async () => {
    const connection = await openRawConnection(server.url);
    for (let count = 0; count < 2; count++) {
      const body = JSON.stringify(smallCustomer());
      connection.send(
        headOf(caller, { body }, `Content-Length: ${Buffer.byteLength(body)}\r\nExpect: 100-continue\r\n`),
      );
      const asked = await connection.interim();
      expect(asked).toBe('HTTP/1.1 100 Continue');
      connection.send(body);
      expect((await nextAnswer(connection)).status).toBe(201);
    }
    connection.cut();
  });
});

describe('a body that does not verify is parsed within bounds, and a right one verifies', () => {
  const post = (parts: Parts) =>
    sendByHand(server.url, {
      method: 'POST',
      target: TARGET,
      app: caller.app,
      accessToken: caller.accessToken,
      ...parts,
    });
  const rows = (count: number, notes: string) => ({
    customers: Array.from({ length: count }, () => ({ ...smallCustomer(), notes })),
  });

  test('a hundred rows sent with other white space than was signed', async () => {
    const bulk = rows(100, 'a "quoted" \\ note, [with] {brackets}');
    const body = JSON.stringify(bulk, null, 4);
    expect(body.length).toBeGreaterThan(16_384);
    const answer = await post({ target: `${TARGET}/bulk`, body, bodyHash: sha256(JSON.stringify(bulk)) });
    expect([answer.status, answer.data.successCount]).toEqual([201, 100]);
  });

  test('a large body with a newline behind', async () => {
    const text = JSON.stringify(rows(100, 'x'.repeat(2_000)));
    const answer = await post({ target: `${TARGET}/bulk`, body: `${text}\r\n \n`, bodyHash: sha256(text) });
    expect([answer.status, answer.data.successCount]).toEqual([201, 100]);
  });

  test('only white space may differ in a large one', async () => {
    const bulk = rows(100, 'note');
    const body = JSON.stringify(bulk, null, 1).replace('"note"', '"n\\u006fte"');
    for (const text of [JSON.stringify(bulk), JSON.stringify(bulk).replace('"note"', '"n\\u006fte"')]) {
      const answer = await post({ target: `${TARGET}/bulk`, body, bodyHash: sha256(text) });
      expect([answer.status, answer.body.code]).toEqual([401, 'invalid_signature']);
    }
  });

  test('nesting beyond the bound is not parsed, and one within it is', async () => {
    const nested = (depth: number) => `{"metadata": ${'['.repeat(depth)}${']'.repeat(depth)} }`;
    const sent = (depth: number) =>
      post({ body: nested(depth), bodyHash: sha256(JSON.stringify(JSON.parse(nested(depth)))) });
    expect((await sent(31)).status).toBe(400);
    expect((await sent(32)).status).toBe(401);
  });
});

// The same bodies are sent twice: to a route that drops them, which is what sending them costs, and wrongly signed.
test('a body that nobody proved costs others no more than one that is dropped', async () => {
  const bodies = ['['.repeat(MEBIBYTE), `{${'"1":1,'.repeat(170_000)}"2":2}`, ' '.repeat(MEBIBYTE)];
  const { app, accessToken } = caller;
  const post = (body: string, target: string) =>
    sendByHand(server.url, { method: 'POST', target, app, accessToken, body, secret: 'wrong' });
  const dropped = await medianLatency(() => bodies.map(async (body) => (await post(body, '/healthz')).status));
  const refused = await medianLatency(() => bodies.map(async (body) => (await post(body, TARGET)).status));
  expect(new Set(dropped.statuses)).toEqual(new Set([405]));
  expect(new Set(refused.statuses)).toEqual(new Set([401]));
  expect(refused.medianMs).toBeLessThan(dropped.medianMs * 5);
});

// Of /healthz, while an attack is under way again and again.
async function medianLatency(attack: () => Promise<number>[]) {
  const times: number[] = [];
  const statuses: number[] = [];
  for (let round = 0; round < 15; round++) {
    const attacks = Promise.all(attack());
    for (let count = 0; count < 3; count++) {
      const start = performance.now();
      await (await fetch(`${server.url}/healthz`)).text();
      times.push(performance.now() - start);
    }
    statuses.push(...(await attacks));
  }
  return { medianMs: times.sort((one, other) => one - other)[times.length >> 1] ?? 0, statuses };
}
