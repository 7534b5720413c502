import { setMaxListeners } from 'node:events';
import { createServer, type RequestListener } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { DeliveryFailure } from '../../src/webhooks/attempt/delivery-fault.js';
import { createDeliverySender, type OutgoingDelivery } from '../../src/webhooks/attempt/send-delivery.js';
import { type Listener, listen, listenSilently, type OutsideSenderOptions, openOutside } from './outside-network.js';

const URL_OF_RECEIVER = 'http://hooks.example/in?team=7';
const NAMES = { 'hooks.example': ['93.184.216.34'] };

/** A sender whose only receiver is a listener. */
function senderTo({ port }: Listener, options: OutsideSenderOptions = {}) {
  const outside = openOutside();
  outside.route('any', port);
  return outside.sender(NAMES, { allowPrivate: true, ...options });
}

function delivery(more: Partial<OutgoingDelivery> = {}): OutgoingDelivery {
  return { callbackUrl: URL_OF_RECEIVER, headers: { 'Content-Type': 'application/json' }, body: '{}', ...more };
}

async function answeredBy(handler: RequestListener, options: OutsideSenderOptions = {}) {
  return await senderTo(await listen(createServer(handler)), options).send(delivery());
}

/** A receiver that speaks bytes of its own, once it was sent something. */
async function speakBytes(speak: (socket: Socket) => void) {
  let isClosed = () => {};
  const closed = new Promise<void>((resolve) => {
    isClosed = resolve;
  });
  const server = createTcpServer((socket) => {
    socket.on('error', () => {});
    socket.once('close', isClosed);
    socket.once('data', () => speak(socket));
    socket.resume();
  });
  return { listener: await listen(server), closed };
}

/** Writes a text again and again until the other side hangs up, after another. */
function drip(socket: Socket, text: string, first = ''): void {
  socket.write(first);
  const timer = setInterval(() => socket.write(text), 20);
  socket.once('close', () => clearInterval(timer));
}

/** How long an attempt takes at most unless told otherwise, in milliseconds: what is told another time ends before. */
const UNTOLD_MS = 10_000;

describe('an attempt', () => {
  test('posts the very body and headers to the path and query of the address', async () => {
    const body = '{"name":"Zoë 株式会社 🧾"}';
    const chunks: Buffer[] = [];
    const server = createServer((request, response) => {
      const { method, url, headers } = request;
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => response.end(JSON.stringify({ method, url, headers })));
    });
    const sender = senderTo(await listen(server));
    const headers = { 'Content-Type': 'application/json', 'X-Webhook-Id': 'd1', 'webhook-id': 'd1' };
    const result = await sender.send(delivery({ body, headers }));
    expect(result).toMatchObject({ statusCode: 200, fault: undefined, retryAfterMs: undefined });
    expect(Buffer.concat(chunks).toString()).toBe(body);
    expect(JSON.parse(result.answerStart)).toEqual({
      method: 'POST',
      url: '/in?team=7',
      headers: {
        host: 'hooks.example',
        connection: 'keep-alive',
        'content-type': 'application/json',
        'content-length': String(Buffer.byteLength(body)),
        'x-webhook-id': 'd1',
        'webhook-id': 'd1',
      },
    });
  });

  test.each([200, 201, 202, 204, 226, 299])('delivers when the answer is %i', async (status) => {
    const result = await answeredBy((_, response) => response.writeHead(status).end());
    expect(result).toMatchObject({ statusCode: status, fault: undefined });
  });

  test.each([400, 401, 404, 410, 429, 500, 503, 599])('fails when the answer is %i', async (status) => {
    const result = await answeredBy((_, response) => response.writeHead(status).end('no'));
    expect(result).toMatchObject({ statusCode: status, fault: 'bad_status', answerStart: 'no' });
  });

  test.each([300, 301, 302, 303, 304, 305, 307, 308, 399])(
    'fails as a redirect when the answer is %i',
    async (status) => {
      const headers = { location: 'https://elsewhere.example/' };
      const result = await answeredBy((_, response) => response.writeHead(status, headers).end());
      expect(result).toMatchObject({ statusCode: status, fault: 'redirect' });
    },
  );

  test('takes the answer behind informational ones', async () => {
    const result = await answeredBy((_, response) => {
      response.writeEarlyHints({ link: '</style.css>; rel=preload' });
      response.writeProcessing();
      response.end('done');
    });
    expect(result).toMatchObject({ statusCode: 200, answerStart: 'done' });
  });

  test('fails where nobody listens', async () => {
    const server = createTcpServer();
    const { port } = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    const resolve = async (name: string) => (name === 'two.example' ? ['127.0.0.1', '127.0.0.1'] : ['127.0.0.1']);
    const sender = createDeliverySender({ policy: { allowPrivate: true }, resolve });
    onTestFinished(() => sender.close());
    for (const name of ['one.example', 'two.example']) {
      const result = await sender.send(delivery({ callbackUrl: `http://${name}:${port}/` }));
      expect(result).toMatchObject({ statusCode: undefined, fault: 'connection_refused' });
    }
  });

  test('tells a name without an address from one that cannot be looked up', async () => {
    const outside = openOutside();
    const fail = () => Promise.reject(new DeliveryFailure('lookup_failed'));
    const sender = outside.sender({ 'broken.example': fail }, { allowPrivate: true });
    expect(await sender.send(delivery({ callbackUrl: 'http://nowhere.example/' }))).toMatchObject({
      fault: 'name_not_found',
    });
    expect(await sender.send(delivery({ callbackUrl: 'http://broken.example/' }))).toMatchObject({
      fault: 'lookup_failed',
    });
    expect(outside.reached).toEqual([]);
  });

  test('goes to the next address of a host where the first does not answer', async () => {
    const { port } = await listen(createServer((_, response) => response.end('second')));
    const resolve = async () => ['127.0.0.9', '127.0.0.1'];
    const sender = createDeliverySender({ policy: { allowPrivate: true }, resolve });
    onTestFinished(() => sender.close());
    const result = await sender.send(delivery({ callbackUrl: `http://two.example:${port}/` }));
    expect(result).toMatchObject({ statusCode: 200, answerStart: 'second' });
  });
});

describe('an attempt ends in time', () => {
  test('which is ten seconds, unless told otherwise', async () => {
    const sender = senderTo(await listenSilently());
    const result = await sender.send(delivery());
    expect(result).toMatchObject({ statusCode: undefined, fault: 'timeout' });
    expect(result.durationMs).toBeGreaterThanOrEqual(9_990);
    expect(result.durationMs).toBeLessThan(20_000);
  });

  test.each<[string, (socket: Socket) => void]>([
    ['nothing comes', () => {}],
    ['the status line drips', (socket) => drip(socket, 'H')],
    ['headers drip', (socket) => drip(socket, 'a:b\r\n', 'HTTP/1.1 200 OK\r\n')],
    ['one header never ends', (socket) => drip(socket, 'b', 'HTTP/1.1 200 OK\r\na: ')],
    ['informational answers never end', (socket) => drip(socket, 'HTTP/1.1 102 Processing\r\n\r\n')],
    ['headers end and no body comes', (socket) => socket.write('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n')],
    ['a body drips', (socket) => drip(socket, 'x', 'HTTP/1.1 200 OK\r\n\r\n')],
    ['chunks drip', (socket) => drip(socket, '1\r\nx\r\n', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n')],
    [
      'a chunk extension never ends',
      (socket) => drip(socket, 'x', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1;'),
    ],
    [
      'trailers drip',
      (socket) => drip(socket, 'a:b\r\n', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n'),
    ],
  ])('when %s, and hangs up', async (_, speak) => {
    const { listener, closed } = await speakBytes(speak);
    const result = await senderTo(listener, { timeoutMs: 400 }).send(delivery());
    expect(result.fault).toMatch(/^(timeout|malformed_answer)$/);
    expect(result.durationMs).toBeLessThan(UNTOLD_MS);
    await closed;
  });

  test('when TLS never begins', async () => {
    const sender = senderTo(await listenSilently(), { timeoutMs: 300 });
    const result = await sender.send(delivery({ callbackUrl: 'https://hooks.example/' }));
    expect(result).toMatchObject({ statusCode: undefined, fault: 'timeout' });
    expect(result.durationMs).toBeLessThan(UNTOLD_MS);
  });

  test('when the resolver never answers', async () => {
    const outside = openOutside();
    const sender = outside.sender({ 'hooks.example': () => new Promise(() => {}) }, { timeoutMs: 300 });
    const result = await sender.send(delivery({ callbackUrl: 'https://hooks.example/' }));
    expect(result).toMatchObject({ statusCode: undefined, fault: 'timeout' });
    expect(result.durationMs).toBeLessThan(UNTOLD_MS);
  });

  test('when the receiver does not read what is sent', async () => {
    const server = createTcpServer((socket) => void socket.pause().on('error', () => {}));
    const sender = senderTo(await listen(server), { timeoutMs: 500 });
    const result = await sender.send(delivery({ body: 'x'.repeat(32 * 1_048_576) }));
    expect(result).toMatchObject({ statusCode: undefined, fault: 'timeout' });
  });

  test('however many others hang at the same receiver', async () => {
    const server = createServer((request, response) => {
      if (request.url === '/quick') response.end('quick');
    });
    const sender = senderTo(await listen(server), { timeoutMs: 8_000 });
    const given = new AbortController();
    setMaxListeners(0, given.signal);
    const hanging = Array.from({ length: 40 }, () => sender.send(delivery({ signal: given.signal })));
    const result = await sender.send(delivery({ callbackUrl: 'http://hooks.example/quick' }));
    expect(result).toMatchObject({ statusCode: 200, answerStart: 'quick' });
    given.abort(new Error('enough'));
    const ended = await Promise.allSettled(hanging);
    expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['rejected']));
  });
});

describe('of an answer', () => {
  test('no more than 64 KiB is read, then the connection is dropped', async () => {
    const { listener, closed } = await speakBytes((socket) => {
      socket.write('HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n');
      const more = () => void (socket.destroyed || (socket.write('x'.repeat(65_536)) ? setImmediate(more) : 0));
      socket.on('drain', more);
      more();
    });
    const result = await senderTo(listener).send(delivery());
    expect(result).toMatchObject({ statusCode: 200, fault: undefined, answerStart: 'x'.repeat(4_096) });
    await closed;
  });

  test('what is shorter is read to its end, and the connection is used again', async () => {
    const listener = await listen(createServer((_, response) => response.end('x'.repeat(65_536))));
    const sender = senderTo(listener);
    for (let attempt = 0; attempt < 12; attempt++) {
      expect(await sender.send(delivery())).toMatchObject({ fault: undefined, answerStart: 'x'.repeat(4_096) });
    }
    expect(listener.connections).toBeLessThan(12);
  });

  test('a compressed one is not unpacked', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1_048_576));
    const result = await answeredBy((_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    expect(result).toMatchObject({ statusCode: 200, fault: undefined, answerStart: '' });
  });

  test.each<[string, Buffer | string, string]>([
    ['control characters', 'a\u0000b\u001b[31mred\u0007\u007f\u0085\tc\r\nd\re', 'a�b�[31mred���\tc\nd�e'],
    ['characters that turn text around', 'a\u202eb\u2066c\u200fd', 'a�b�c�d'],
    ['bytes that are not UTF-8', Buffer.from([0x61, 0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80]), 'a��(���'],
    ['a character that the limit cuts through', `${'x'.repeat(4_095)}ë${'y'.repeat(10)}`, 'x'.repeat(4_095)],
    ['a character that the end cuts through', Buffer.from([0x61, 0xf0, 0x9f]), 'a�'],
  ])('%s are made safe to show', async (_, sent, shown) => {
    expect((await answeredBy((_request, response) => response.end(sent))).answerStart).toBe(shown);
  });

  test.each<[string, (socket: Socket) => void]>([
    ['nothing came', (socket) => socket.end()],
    ['the connection was reset', (socket) => socket.resetAndDestroy()],
    ['half a header came', (socket) => socket.end('HTTP/1.1 200 OK\r\nconte')],
    ['half a body came', (socket) => socket.end('HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc')],
    ['chunks did not end', (socket) => socket.end('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n')],
  ])('it is a failure when %s and the receiver hung up', async (_, speak) => {
    const { listener } = await speakBytes(speak);
    expect((await senderTo(listener).send(delivery())).fault).toBe('connection_closed');
  });

  test('a body without a length ends where the receiver hangs up', async () => {
    const { listener } = await speakBytes((socket) => socket.end('HTTP/1.1 200 OK\r\n\r\nabc'));
    expect(await senderTo(listener).send(delivery())).toMatchObject({ fault: undefined, answerStart: 'abc' });
  });

  test.each<[string, string]>([
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2\r\n'],
    ['HTTP/0.9', '<html>hello</html>'],
    ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab'],
    ['a length and chunks', 'HTTP/1.1 200 OK\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
    ['a negative length', 'HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n'],
    ['a bad chunk', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\nabc'],
    ['a header without a name', 'HTTP/1.1 200 OK\r\n: value\r\n\r\n'],
    ['headers of 100 KiB', `HTTP/1.1 200 OK\r\na: ${'b'.repeat(102_400)}\r\n\r\n`],
    ['10,000 headers', `HTTP/1.1 200 OK\r\n${'a: b\r\n'.repeat(10_000)}\r\n`],
    ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\nhello'],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('it is a failure when it is malformed: %s', async (_, bytes) => {
    const { listener, closed } = await speakBytes((socket) => socket.write(bytes));
    const result = await senderTo(listener).send(delivery());
    expect(result.fault).toBe('malformed_answer');
    await closed;
  });

  test.each<[string, string, number | undefined]>([
    ['seconds', '120', 120_000],
    ['no seconds', '0', 0],
    ['more than a day', '999999999999', 86_400_000],
    ['more digits than a number has', '9'.repeat(400), 86_400_000],
    ['a date of the past', 'Sun, 06 Nov 1994 08:49:37 GMT', 0],
    ['a date of the far future', 'Fri, 31 Dec 9999 23:59:59 GMT', 86_400_000],
    ['a date in the form of RFC 850', 'Sunday, 06-Nov-94 08:49:37 GMT', 0],
    ['a date in the form of asctime', 'Sun Nov  6 08:49:37 1994', 0],
    ['a negative number', '-5', undefined],
    ['a fraction', '1.5', undefined],
    ['a word', 'soon', undefined],
    ['a date that is none', 'Sun, 99 Nov 1994 08:49:37 GMT', undefined],
    ['a date in another form', '2099-01-01T00:00:00Z', undefined],
  ])('Retry-After is read as %s', async (_, text, expectedMs) => {
    const result = await answeredBy((_request, response) => response.writeHead(503, { 'retry-after': text }).end());
    expect(result.retryAfterMs).toBe(expectedMs);
  });

  test('Retry-After is read as a date to come', async () => {
    const text = new Date(Date.now() + 600_000).toUTCString();
    const { retryAfterMs } = await answeredBy((_, response) => response.writeHead(429, { 'retry-after': text }).end());
    expect(retryAfterMs).toBeGreaterThan(560_000);
    expect(retryAfterMs).toBeLessThanOrEqual(600_000);
  });

  test('Retry-After means nothing when it was a success', async () => {
    const result = await answeredBy((_, response) => response.writeHead(202, { 'retry-after': '60' }).end());
    expect(result).toMatchObject({ fault: undefined, retryAfterMs: undefined });
  });
});

describe('a sender', () => {
  test('gives up with the reason that it is given, and hangs up', async () => {
    const { listener, closed } = await speakBytes((socket) => socket.write('HTTP/1.1 200 OK\r\n'));
    const sender = senderTo(listener);
    const given = new AbortController();
    const sending = sender.send(delivery({ signal: given.signal }));
    given.abort(new Error('the server stops'));
    await expect(sending).rejects.toThrow('the server stops');
    await expect(sender.send(delivery({ signal: given.signal }))).rejects.toThrow('the server stops');
    await sender.close();
    if (listener.connections > 0) await closed;
  });

  test('closes once attempts under way have ended, and leaves no connection', async () => {
    let release = () => {};
    const server = createServer((_, response) => {
      release = () => response.end('late');
      server.emit('asked');
    });
    const asked = new Promise((resolve) => server.once('asked', resolve));
    const sender = senderTo(await listen(server));
    const sending = sender.send(delivery());
    await asked;
    const closing = sender.close();
    release();
    expect(await sending).toMatchObject({ statusCode: 200, answerStart: 'late' });
    await closing;
    await new Promise((resolve) => server.close(resolve));
  });

  test('keeps connections to no more than 500 receivers', async () => {
    const server = createServer((_, response) => response.end());
    const sender = senderTo(await listen(server));
    for (let batch = 0; batch < 26; batch++) {
      const urls = Array.from({ length: 24 }, (_, index) => `http://10.${batch}.${index}.1/`);
      const results = await Promise.all(urls.map((callbackUrl) => sender.send(delivery({ callbackUrl }))));
      expect(results.every(({ fault }) => fault === undefined)).toBe(true);
    }
    await expect.poll(() => openConnections(server)).toBeLessThanOrEqual(500);
  });
});

function openConnections(server: ReturnType<typeof createServer>): Promise<number> {
  return new Promise((resolve, reject) => {
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error)));
  });
}
