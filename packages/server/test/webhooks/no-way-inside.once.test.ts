import { createServer } from 'node:http';
import { createServer as createTcpServer } from 'node:net';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createDeliverySender, type DeliverySender } from '../../src/webhooks/attempt/send-delivery.js';
import { INSIDE_ANSWERS, INSIDE_HOSTS, PUBLIC_HOSTS } from './address-tricks.js';
import { listen, listenSilently, openOutside, PUBLIC_ADDRESS, watchConnections } from './outside-network.js';

/** The names among the tricks, for a sender whose resolver is not the system's. */
const LOOPBACK = { localhost: ['127.0.0.1'], 'localhost.': ['127.0.0.1'], 'a.b.localhost': ['127.0.0.1'] };

async function send(sender: DeliverySender, callbackUrl: string) {
  return await sender.send({ callbackUrl, headers: { 'content-type': 'application/json' }, body: '{}' });
}

describe('nothing is connected to', () => {
  test.each(Object.entries(INSIDE_HOSTS))('for a host of these: %s', async (_, hosts) => {
    const inside = await listenSilently();
    const outside = openOutside();
    outside.route('any', inside.port);
    const sender = outside.sender(LOOPBACK, { timeoutMs: 2_000 });
    for (const host of hosts) {
      const result = await send(sender, `https://${host}:${inside.port}/hook`);
      expect(result, host).toMatchObject({ statusCode: undefined, fault: 'address_not_allowed' });
    }
    expect({ begun: outside.reached, arrived: inside.connections }).toEqual({ begun: [], arrived: 0 });
  });

  test.each(Object.entries(INSIDE_ANSWERS))('when a name resolves to %s', async (_, addresses) => {
    const inside = await listenSilently();
    const outside = openOutside();
    outside.route('any', inside.port);
    const sender = outside.sender({ 'hooks.example': addresses });
    expect(await send(sender, 'https://hooks.example/hook')).toMatchObject({ fault: 'address_not_allowed' });
    expect({ begun: outside.reached, arrived: inside.connections }).toEqual({ begun: [], arrived: 0 });
  });

  test('on loopback, with the resolver and the sockets that the product uses', async () => {
    const inside = await listenSilently();
    watchConnections();
    const sender = createDeliverySender({ policy: { allowPrivate: false } });
    onTestFinished(() => sender.close());
    const hosts = Object.entries(INSIDE_HOSTS).flatMap(([kind, some]) => (kind.startsWith('loopback') ? some : []));
    for (const host of [...hosts, '0', '[::ffff:127.0.0.1]', '[::127.0.0.1]']) {
      expect((await send(sender, `https://${host}:${inside.port}/`)).fault, host).toBe('address_not_allowed');
    }
    expect(inside.connections).toBe(0);
  });

  test.each([
    'http://93.184.216.34/',
    'https://user:password@93.184.216.34/',
    'https://93.184.216.34@127.0.0.1/',
    'https://127.0.0.1\\@93.184.216.34/',
    'https://93.184.216.34/#fragment',
    'https://93.184.216.34:25/',
    'https://93.184.216.34:0/',
    'https://93.184.216.34:65536/',
    'ftp://93.184.216.34/',
    'file:///etc/passwd',
    'https:93.184.216.34',
    'https:///93.184.216.34/',
    'https://',
    'https://[::1/',
    'https://256.256.256.256/',
    'https://0x100000000/',
    'https://1.2.3.4.5/',
    'https://09.1.1.1/',
    'https://ho st/',
    'https://ho%00st/',
    'https://[fe80::1%25lo]/',
    'https://93.184.216.34/\r\nX-Injected: 1',
    '',
  ])('when the callback address breaks a rule: %j', async (callbackUrl) => {
    const outside = openOutside();
    expect(await send(outside.sender(), callbackUrl)).toMatchObject({ fault: 'url_not_allowed' });
    expect(outside.reached).toEqual([]);
  });
});

test('each of these hosts would be connected to, were it not for the check', async () => {
  for (const host of Object.values(INSIDE_HOSTS).flat()) {
    const outside = openOutside();
    const inside = await listen(createServer((_, response) => response.end('inside')));
    outside.route('any', inside.port);
    const sender = outside.sender(LOOPBACK, { allowPrivate: true });
    expect(await send(sender, `http://${host}:${inside.port}/`), host).toMatchObject({ statusCode: 200 });
    expect(inside.connections).toBe(1);
  }
});

test('public addresses are connected to, and exactly those', async () => {
  for (const host of PUBLIC_HOSTS) {
    const outside = openOutside();
    const listener = await listen(createTcpServer((socket) => socket.destroy()));
    outside.route('any', listener.port);
    const { fault } = await send(outside.sender(), `https://${host}/`);
    expect(fault, host).toBe('connection_closed');
    const literal = new URL(`https://${host}/`).hostname.replace(/[[\]]/g, '');
    expect(outside.reached).toEqual([literal]);
    expect(listener.connections).toBe(1);
  }
});

describe('a name that changes its answer', () => {
  test('between check and connection is asked once, and the answer that was checked is connected to', async () => {
    const outside = openOutside();
    const [good, bad] = [await listenSilently(), await listenSilently()];
    outside.route(PUBLIC_ADDRESS, good.port);
    outside.route('any', bad.port);
    let answers = 0;
    const rebinding = () => (++answers === 1 ? [PUBLIC_ADDRESS] : ['127.0.0.1']);
    const sender = outside.sender({ 'rebinding.example': rebinding }, { timeoutMs: 500 });
    await send(sender, 'https://rebinding.example/');
    expect({ asked: answers, reached: outside.reached }).toEqual({ asked: 1, reached: [PUBLIC_ADDRESS] });
    expect([good.connections, bad.connections]).toEqual([1, 0]);
  });

  test('between two attempts is checked anew', async () => {
    const outside = openOutside();
    const [good, bad] = [await listenSilently(), await listenSilently()];
    outside.route(PUBLIC_ADDRESS, good.port);
    outside.route('any', bad.port);
    let answers = 0;
    const rebinding = () => (++answers === 1 ? [PUBLIC_ADDRESS] : ['127.0.0.1']);
    const sender = outside.sender({ 'rebinding.example': rebinding }, { timeoutMs: 500 });
    expect((await send(sender, 'https://rebinding.example/')).fault).toBe('timeout');
    expect((await send(sender, 'https://rebinding.example/')).fault).toBe('address_not_allowed');
    expect([good.connections, bad.connections]).toEqual([1, 0]);
  });

  test('while connections are kept is asked once for each of them', async () => {
    const outside = openOutside();
    const received = { first: 0, later: 0 };
    const server = (which: keyof typeof received) =>
      listen(createServer((_, response) => response.end(() => received[which]++)));
    outside.route('10.0.0.5', (await server('first')).port);
    outside.route('any', (await server('later')).port);
    const rebinding = () => (outside.asked.length === 1 ? ['10.0.0.5'] : ['10.0.0.6']);
    const sender = outside.sender({ 'kept.example': rebinding }, { allowPrivate: true });
    for (let attempt = 0; attempt < 20; attempt++) {
      expect((await send(sender, 'http://kept.example/')).fault).toBeUndefined();
    }
    expect(outside.reached.length).toBe(outside.asked.length);
    expect(outside.reached.length).toBeLessThan(20);
    expect(new Set(outside.reached.slice(1))).toEqual(new Set(outside.reached.length === 1 ? [] : ['10.0.0.6']));
    expect(received.first).toBeGreaterThanOrEqual(1);
    expect(received.first + received.later).toBe(20);
  });
});

test.each([301, 302, 303, 307, 308])('a redirect to a metadata server is not followed: %i', async (status) => {
  const outside = openOutside();
  const metadata = await listenSilently();
  let requests = 0;
  const receiver = createServer((_, response) => {
    requests += 1;
    response.writeHead(status, { location: `http://127.0.0.1:${metadata.port}/latest/meta-data/` }).end();
  });
  outside.route('any', (await listen(receiver)).port);
  const sender = outside.sender({}, { allowPrivate: true });
  expect(await send(sender, 'http://169.254.169.254/')).toMatchObject({ statusCode: status, fault: 'redirect' });
  expect({ requests, reached: outside.reached, metadata: metadata.connections }).toEqual({
    requests: 1,
    reached: ['169.254.169.254'],
    metadata: 0,
  });
});

test('a proxy that the environment names is not used', async () => {
  const proxy = await listenSilently();
  for (const name of ['HTTP_PROXY', 'http_proxy', 'HTTPS_PROXY', 'https_proxy', 'ALL_PROXY']) {
    vi.stubEnv(name, `http://127.0.0.1:${proxy.port}`);
  }
  vi.stubEnv('NODE_USE_ENV_PROXY', '1');
  onTestFinished(() => void vi.unstubAllEnvs());
  const outside = openOutside();
  outside.route('any', (await listen(createServer((_, response) => response.end()))).port);
  expect((await send(outside.sender({}, { allowPrivate: true }), 'http://93.184.216.34/')).statusCode).toBe(200);
  expect(proxy.connections).toBe(0);
});
