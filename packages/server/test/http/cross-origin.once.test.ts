import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser } from '../docs/browser.js';
import type { App } from '../harness/caller.js';
import { startServer, type TestServer } from '../harness/server.js';
import { headersOf, sendBytes } from '../harness/signed-request.js';

const FRIEND = 'https://friend.example';
const STRANGER = 'https://stranger.example';
const REDIRECT_URI = 'https://app.example/callback';

let server: TestServer;
let app: App;
let accessToken: string;

beforeAll(async () => {
  const environment = {
    COUNTERSIGN_CORS_ORIGINS: `http://localhost:3000, ${FRIEND}/`,
    COUNTERSIGN_RATE_LIMIT: '10000',
  };
  server = await startServer({ environment });
  ({ app, accessToken } = await server.createCaller());
});
afterAll(() => server.stop());

interface Ask {
  readonly method?: string;
  readonly origin?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function ask(target: string, { method = 'GET', origin = STRANGER, headers = {} }: Ask = {}) {
  const answer = await sendBytes(server.url, { method, target, headers: { origin, ...headers } });
  return { ...answer, allowed: answer.headers.get('access-control-allow-origin'), vary: answer.headers.get('vary') };
}

function preflight(target: string, { method, headers = 'x-anything', origin = STRANGER }: Record<string, string>) {
  const asked = { 'access-control-request-method': method ?? 'GET', 'access-control-request-headers': headers };
  return ask(target, { method: 'OPTIONS', origin, headers: asked });
}

const initiated = (app: App) =>
  `?${new URLSearchParams({ clientId: app.clientId, redirectUri: REDIRECT_URI, state: 'a-state' })}`;

describe.each(['/auth2/authorize-initiate', '/auth2/authorize-intiate'])('a page of any origin', (path) => {
  test(`reads what ${path} answers, errors included, without cookies`, async () => {
    const answers = [
      await ask(path + initiated(app)),
      await ask(path),
      await ask(`${path}?clientId=nobody&redirectUri=x&state=y`),
      await ask(`${path}?state=%FC`),
      await ask(path, { method: 'POST' }),
      await ask(path, { origin: 'null' }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 400, 401, 400, 405, 400]);
    for (const { allowed, headers } of answers) {
      expect([allowed, headers.get('access-control-allow-credentials')]).toEqual(['*', null]);
    }
  });

  test(`may ask ${path} with any header`, async () => {
    const answer = await preflight(path, { headers: 'content-type,x-odd' });
    expect([answer.status, answer.text, answer.allowed]).toEqual([204, '', '*']);
    expect(answer.headers.get('access-control-allow-headers')).toBe('content-type,x-odd');
    expect(answer.headers.get('access-control-allow-methods')).toContain('GET');
  });
});

describe('a page of an origin in the settings', () => {
  test.each([FRIEND, 'http://localhost:3000'])('reads every answer of the API: %s', async (origin) => {
    const signed = (method: string, target: string) => ({
      method,
      origin,
      headers: headersOf({ method, target, app, accessToken }),
    });
    const list = await ask('/partners/customers', signed('GET', '/partners/customers'));
    const answers = [
      list,
      await ask('/partners/customers', { origin }),
      await ask('/partners/nothing', { origin }),
      await ask('/partners/nothing', signed('GET', '/partners/nothing')),
      await ask('/partners/customers/%FC', { origin }),
      await ask('/partners/customers', signed('PUT', '/partners/customers')),
      await ask('/partners/grant-access-token', { origin, method: 'POST' }),
      await ask('/.well-known/oauth-authorization-server', { origin }),
      await ask('/oauth/token', { origin, method: 'POST' }),
    ];
    expect(answers.map(({ status }) => status).slice(0, 6)).toEqual([200, 401, 401, 404, 400, 405]);
    for (const { allowed, vary } of answers) expect([allowed, vary]).toEqual([origin, 'Origin']);
    const exposed = list.headers.get('access-control-expose-headers')?.toLowerCase().split(', ');
    for (const name of ['x-request-id', 'ratelimit', 'ratelimit-remaining']) {
      expect(list.headers.has(name)).toBe(true);
      expect(exposed).toContain(name);
    }
    expect(exposed).toEqual(expect.arrayContaining(['etag', 'location', 'retry-after', 'www-authenticate']));
  });

  test('may ask with the headers of a signed request, and needs no signature to ask whether it may', async () => {
    const answer = await preflight('/partners/customers/bulk', { origin: FRIEND, method: 'PATCH' });
    expect([answer.status, answer.allowed, answer.vary]).toEqual([204, FRIEND, 'Origin']);
    const may = answer.headers.get('access-control-allow-headers')?.toLowerCase().split(', ');
    const signed = Object.keys(headersOf({ method: 'POST', target: '/', app, accessToken, body: '{}' }));
    const conditional = ['idempotency-key', 'if-match', 'if-none-match', 'x-request-id', 'x-import-id'];
    expect(may).toEqual(expect.arrayContaining([...signed, ...conditional]));
    expect(answer.headers.get('access-control-allow-methods')?.split(', ')).toContain('PATCH');
  });

  test('reads no page, and no metrics', async () => {
    for (const path of ['/sign-in', '/account', '/auth2/authorize', '/oauth/authorize', '/metrics', '/docs']) {
      expect([path, (await ask(path, { origin: FRIEND })).allowed]).toEqual([path, null]);
      expect([path, (await preflight(path, { origin: FRIEND })).allowed]).toEqual([path, null]);
    }
  });
});

test('a page of another origin reads nothing else, and caches are told that it depends', async () => {
  for (const origin of [STRANGER, 'null', `${FRIEND}.evil.example`, 'http://friend.example']) {
    const answer = await ask('/partners/customers', { origin });
    expect([answer.status, answer.allowed, answer.vary]).toEqual([401, null, 'Origin']);
    const asked = await preflight('/partners/customers', { origin, method: 'POST' });
    expect([asked.status, asked.allowed]).toEqual([405, null]);
  }
  const without = await sendBytes(server.url, { method: 'GET', target: '/partners/customers' });
  expect([without.headers.get('access-control-allow-origin'), without.headers.get('vary')]).toEqual([null, 'Origin']);
});

test('without the setting no page reads the API, and with * every one does', async () => {
  const [closed, open] = await Promise.all([
    server.startAnother({ COUNTERSIGN_CORS_ORIGINS: undefined }),
    server.startAnother({ COUNTERSIGN_CORS_ORIGINS: '*' }),
  ]);
  const allowedBy = async ({ url }: TestServer, target: string) =>
    (await sendBytes(url, { method: 'GET', target, headers: { origin: STRANGER } })).headers.get(
      'access-control-allow-origin',
    );
  expect(await allowedBy(closed, '/partners/customers')).toBeNull();
  expect(await allowedBy(closed, '/auth2/authorize-initiate')).toBe('*');
  expect(await allowedBy(open, '/partners/customers')).toBe('*');
  expect(await allowedBy(open, '/sign-in')).toBeNull();
});

describe('in a browser', () => {
  let browser: Browser;
  let home: { readonly url: string; close(): void };

  beforeAll(async () => {
    browser = await openBrowser();
    const http = createServer((_request, response) => response.end('<!doctype html><title>An app</title>'));
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    home = { url: `http://127.0.0.1:${(http.address() as AddressInfo).port}`, close: () => http.close() };
  });
  afterAll(async () => {
    await browser.close();
    home.close();
  });

  test("an app's own page begins authorization, and reads why it cannot", async () => {
    const page = await browser.newPage();
    await page.goto(home.url);
    const read = (url: string) =>
      page.evaluate(async (address) => {
        const answer = await fetch(address, { headers: { 'content-type': 'application/json', 'x-app': '1' } });
        return { status: answer.status, text: await answer.text() };
      }, url);
    const path = `${server.url}/auth2/authorize-intiate`;
    const good = await read(path + initiated(app));
    expect([good.status, good.text]).toEqual([200, expect.stringContaining(`${server.url}/auth2/authorize?`)]);
    const bad = await read(`${path}?clientId=${app.clientId}&state=a-state`);
    expect([bad.status, bad.text]).toEqual([400, expect.stringContaining('redirectUri is required')]);
    await expect(read(`${server.url}/partners/customers`)).rejects.toThrow(/fetch/);
  });
});
