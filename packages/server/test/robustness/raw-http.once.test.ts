import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { findAnswerFault } from '../harness/answer-rules.js';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { expectInTime, floorOfStart, timeOf } from '../harness/in-time.js';
import { openRawConnection, type RawAnswer, type RawConnection } from '../harness/raw-connection.js';
import { startServer, type TestServer } from '../harness/server.js';
import { headersOf } from '../harness/signed-request.js';

/** Longer than the server waits for the rest of a request. */
const LATE_MS = 45_000;

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

/** The head of a signed request, without its last empty line. */
function signedHead(method: string, target: string, body?: string): string {
  const { app, accessToken } = caller;
  const headers = headersOf({ method, target, app, accessToken, ...(body === undefined ? {} : { body }) });
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `${method} ${target} HTTP/1.1\r\nHost: countersign.test\r\n${lines.join('')}`;
}

async function openWith(bytes: string): Promise<RawConnection> {
  const connection = await openRawConnection(server.url);
  connection.send(bytes);
  return connection;
}

async function nextAnswer(connection: RawConnection, method?: string): Promise<RawAnswer> {
  const outcome = await connection.answer(method === undefined ? {} : { method });
  if (outcome.kind !== 'answer') throw new Error(`no answer: ${outcome.kind}`);
  return outcome.answer;
}

function codeOf({ body }: RawAnswer): unknown {
  return JSON.parse(body.toString('utf8')).code;
}

function expectGood({ status, headers, body }: RawAnswer): void {
  const fault = findAnswerFault({ status, requestId: headers.get('x-request-id'), text: body.toString('utf8') });
  expect(fault).toBeUndefined();
}

async function expectAlive(): Promise<void> {
  expect((await caller.get('/customers')).status).toBe(200);
}

describe('bytes that are not a request', () => {
  test.each([
    ['no HTTP at all', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'],
    ['a method that does not exist', 'FROBNICATE / HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a version that does not exist', 'GET / HTTP/9.9\r\nHost: a\r\n\r\n'],
    ['a target with a blank', 'GET /a b HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost: a\r\nodd\r\n\r\n'],
    ['a header name with a blank', 'GET / HTTP/1.1\r\nHost: a\r\nodd name: a\r\n\r\n'],
    ['NUL in a header', 'GET / HTTP/1.1\r\nHost: a\r\nx-request-id: a\0b\r\n\r\n'],
    ['two lengths', 'POST /partners/customers HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{}'],
    ['a negative length', 'POST /partners/customers HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n{}'],
    ['a length that is no number', 'POST /partners/customers HTTP/1.1\r\nHost: a\r\nContent-Length: 0x2\r\n\r\n{}'],
    ['a length beyond all numbers', `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${'9'.repeat(40)}\r\n\r\n{}`],
    ['a chunk size that is no number', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n'],
    ['no Host header', 'GET /healthz HTTP/1.1\r\n\r\n'],
    ['an answer instead', 'HTTP/1.1 200 OK\r\n\r\n'],
  ])('%s: 400 in the envelope, or the connection ends', async (_name, bytes) => {
    const connection = await openWith(bytes);
    const outcome = await connection.answer();
    expect(outcome.kind).not.toBe('silence');
    if (outcome.kind === 'answer') {
      expect([outcome.answer.status, codeOf(outcome.answer)]).toEqual([400, 'malformed_request']);
      expectGood(outcome.answer);
    }
    connection.cut();
    await expectAlive();
  });

  test.each([
    ['one header', `x: ${'a'.repeat(40_000)}\r\n`],
    ['many headers', 'x-header: value\r\n'.repeat(3_000)],
    ['a target', undefined],
  ])('%s of more than 16 KiB: 431 in the envelope', async (_name, header) => {
    const target = header === undefined ? `/${'a'.repeat(40_000)}` : '/healthz';
    const connection = await openWith(`GET ${target} HTTP/1.1\r\nHost: a\r\n${header ?? ''}\r\n`);
    const answer = await nextAnswer(connection);
    expect([answer.status, codeOf(answer)]).toEqual([431, 'headers_too_large']);
    expectGood(answer);
    connection.cut();
    await expectAlive();
  });

  test('a client that goes on after a refusal does not keep the connection', async () => {
    const connection = await openWith('nonsense\r\n\r\n');
    expectGood(await nextAnswer(connection));
    expect(await connection.isClosedWithin(10_000)).toBe(true);
    connection.cut();
  });
});

describe('requests with two lengths', () => {
  const smuggled = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n';
  const chunked = `0\r\n\r\n${smuggled}`;
  test.each([
    ['Content-Length and Transfer-Encoding', `Content-Length: ${chunked.length}\r\nTransfer-Encoding: chunked\r\n`],
    ['Transfer-Encoding and Content-Length', `Transfer-Encoding: chunked\r\nContent-Length: ${chunked.length}\r\n`],
    ['an unknown Transfer-Encoding', `Transfer-Encoding: xchunked\r\nContent-Length: ${chunked.length}\r\n`],
    ['chunked that is not last', 'Transfer-Encoding: chunked, identity\r\n'],
    ['a folded header', `Transfer-Encoding:\r\n chunked\r\nContent-Length: ${chunked.length}\r\n`],
    [
      'a header name with a blank before its colon',
      `Transfer-Encoding : chunked\r\nContent-Length: ${chunked.length}\r\n`,
    ],
  ])('%s: the second request in the first is not served', async (_name, headers) => {
    const connection = await openWith(`POST /partners/customers HTTP/1.1\r\nHost: a\r\n${headers}\r\n${chunked}`);
    const answer = await nextAnswer(connection);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expectGood(answer);
    const second = await connection.answer({ timeoutMs: 5_000 });
    if (second.kind === 'answer') expect(second.answer.status).toBeGreaterThanOrEqual(400);
    connection.cut();
    await expectAlive();
  });
});

describe('requests one behind the other on a connection', () => {
  test('are answered in their order, each by itself', async () => {
    const targets = ['/healthz', '/partners/customers?limit=1', '/nothing', '/partners/customers?limit=0', '/readyz'];
    const connection = await openWith(targets.map((target) => `${signedHead('GET', target)}\r\n`).join(''));
    const statuses: number[] = [];
    for (const target of targets) {
      const answer = await nextAnswer(connection);
      if (target !== '/healthz' && target !== '/readyz') expectGood(answer);
      statuses.push(answer.status);
    }
    expect(statuses).toEqual([200, 200, 404, 400, 200]);
    connection.cut();
  });

  test('two hundred at once are all answered', async () => {
    const head = `${signedHead('GET', '/partners/customers?limit=1')}\r\n`;
    const connection = await openWith(head.repeat(200));
    for (let count = 0; count < 200; count++) expect((await nextAnswer(connection)).status).toBe(200);
    connection.cut();
  });

  test('a body beyond its length is read as the next request, and refused', async () => {
    const body = JSON.stringify(smallCustomer());
    const connection = await openWith(
      `${signedHead('POST', '/partners/customers', body)}Content-Length: ${body.length}\r\n\r\n${body}surplus\r\n\r\n`,
    );
    // The refusal may come first: the bytes that are no request end the connection at once.
    const answer = await nextAnswer(connection);
    expect([201, 400]).toContain(answer.status);
    expectGood(answer);
    expect(await connection.isClosedWithin(10_000)).toBe(true);
    connection.cut();
    await expectAlive();
  });

  test('a body over the limit gets 413 before it is sent', async () => {
    const head = signedHead('POST', '/partners/customers', '{}');
    const connection = await openWith(`${head}Content-Length: 1048577\r\n\r\n{`);
    const answer = await nextAnswer(connection);
    expect([answer.status, codeOf(answer)]).toEqual([413, 'payload_too_large']);
    expectGood(answer);
    connection.cut();
  });

  test('a body over the limit in chunks gets 413, however much of it is on its way, and the connection serves on', async () => {
    const head = signedHead('POST', '/partners/customers', '{}');
    const connection = await openWith('');
    for (let count = 0; count < 10; count++) {
      connection.send(`${head}Transfer-Encoding: chunked\r\n\r\n`);
      for (let chunk = 0; chunk < 80; chunk++) connection.send(`10000\r\n${' '.repeat(65_536)}\r\n`);
      connection.send('0\r\n\r\n');
      const answer = await nextAnswer(connection);
      expect([answer.status, codeOf(answer)]).toEqual([413, 'payload_too_large']);
      expectGood(answer);
    }
    connection.cut();
    await expectAlive();
  });
});

describe('requests that do not come to their end', () => {
  test('a hundred bodies that their clients give up leave nothing behind', async () => {
    const input = smallCustomer();
    const body = JSON.stringify(input);
    const head = `${signedHead('POST', '/partners/customers', body)}Content-Length: ${body.length}\r\n\r\n`;
    const connections = await Promise.all(Array.from({ length: 100 }, () => openWith(head + body.slice(0, 20))));
    for (const connection of connections) connection.cut();
    await expectAlive();
    const { status } = await caller.get('/customers/find-by-email', { query: { email: input.email } });
    expect(status).toBe(404);
  });

  test('a client that cuts the connection instead of reading harms nobody', async () => {
    const head = `${signedHead('GET', '/partners/customers?limit=100')}\r\n`;
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const connection = await openWith(head.repeat(20));
        connection.cut();
      }),
    );
    await expectAlive();
  });

  test('are answered or ended by the server in time', async () => {
    const body = JSON.stringify(smallCustomer());
    const unfinished = {
      'nothing at all': '',
      'half of a request line': 'GET /partn',
      'headers without an end': signedHead('GET', '/partners/customers'),
      'no body': `${signedHead('POST', '/partners/customers', body)}Content-Length: ${body.length}\r\n\r\n`,
      'half of a body': `${signedHead('POST', '/partners/customers', body)}Content-Length: ${body.length}\r\n\r\n${body.slice(0, 9)}`,
      'half of a chunk': `${signedHead('POST', '/partners/customers', body)}Transfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n{`,
    };
    const refused = await openWith(
      `${signedHead('POST', '/partners/customers', body)}Content-Length: 9999999\r\n\r\n{`,
    );
    expect((await nextAnswer(refused)).status).toBe(413);
    const refusedEnds = refused.isClosedWithin(LATE_MS);
    const ended = await Promise.all(
      Object.entries(unfinished).map(async ([name, bytes]) => {
        const connection = await openWith(bytes);
        const outcome = await connection.answer({ timeoutMs: LATE_MS });
        if (outcome.kind === 'answer') {
          expect(outcome.answer.status, name).toBe(408);
          expectGood(outcome.answer);
        }
        connection.cut();
        return [name, outcome.kind === 'silence'] as const;
      }),
    );
    expect(ended.filter(([, isSilent]) => isSilent)).toEqual([]);
    expect(await refusedEnds).toBe(true);
    refused.cut();
    await expectAlive();
  });
});

test('a server with connections that are refused, idle and half open still ends in time, with status 0', async () => {
  const refused = await openWith('nonsense\r\n\r\n');
  expectGood(await nextAnswer(refused));
  const idle = await openWith(`${signedHead('GET', '/partners/customers')}\r\n`);
  expect((await nextAnswer(idle)).status).toBe(200);
  const halfOpen = await openWith('POST /partners/customers HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n{');
  const floorMs = await floorOfStart();
  const tookMs = await timeOf(async () => expect(await server.end('SIGTERM')).toBe(0));
  expectInTime(tookMs, { limitMs: 10_000, floorMs });
  for (const connection of [refused, idle, halfOpen]) connection.cut();
  expect(server.log()).toBe('');
});
