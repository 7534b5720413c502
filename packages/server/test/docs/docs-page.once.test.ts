import { Validator } from '@seriousme/openapi-schema-validator';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleCustomerInput } from '../../src/docs/examples.js';
import { BROWSER_PATH, fillCredentials, openBrowser, openDocsPage, openPage, sendCreateCustomer } from './browser.js';
import { CREDENTIALS, type DocsTestServer, startDocsTestServer } from './docs-test-server.js';
import { readDocument } from './open-api-document.js';

let server: DocsTestServer;

beforeAll(async () => {
  server = await startDocsTestServer();
});

afterAll(async () => {
  await server.close();
});

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator();
    const result = await validator.validate({ ...(await readDocument(server.origin)) });
    expect(result).toEqual({ valid: true });
    expect(validator.version).toBe('3.1');
  });

  test('has no format that standard tools do not know', async () => {
    const text = JSON.stringify(await readDocument(server.origin));
    expect(text).not.toContain('optional-email');
    expect(text).not.toContain('"format":"website"');
    expect(text).toContain('"format":"email"');
  });

  test('names the schemas of the contract once and refers to them', async () => {
    const { paths, components } = await readDocument(server.origin);
    expect(Object.keys(components.schemas)).toContain('Customer');
    const create = JSON.stringify(paths['/partners/customers']?.post);
    expect(create).toContain('#/components/schemas/Customer"');
    expect(create).toContain('#/components/schemas/CustomerInput"');
    expect(create).toContain('#/components/schemas/Error"');
  });

  test('gives every operation an id of its own', async () => {
    const { paths } = await readDocument(server.origin);
    const ids = Object.values(paths).flatMap((path) => Object.values(path).map(({ operationId }) => operationId));
    expect(ids).toContain('createCustomer');
    expect(new Set(ids).size).toBe(ids.length);
  });

  test('shows an example answer for every error code of a route', async () => {
    const { paths } = await readDocument(server.origin);
    const responses = paths['/partners/customers']?.post?.responses ?? {};
    const examplesOf = (status: number) =>
      Object.keys(responses[status]?.content?.['application/json']?.examples ?? {});
    expect(examplesOf(400)).toEqual(['validation_error', 'invalid_json']);
    expect(examplesOf(409)).toEqual(['email_already_exists', 'external_id_already_exists', 'idempotency_key_in_use']);
    expect(examplesOf(401)).toContain('invalid_signature');
    expect(examplesOf(401)).toContain('replayed_request');
    expect(examplesOf(429)).toEqual(['rate_limit_exceeded']);
  });

  test('asks for signature and token where a route does, and for nothing on health', async () => {
    const { paths } = await readDocument(server.origin);
    const schemes = Object.keys(paths['/partners/customers']?.post?.security[0] ?? {});
    expect(schemes).toEqual(['clientId', 'timestamp', 'signature', 'accessToken']);
    expect(paths['/healthz']?.get?.security).toEqual([]);
  });

  test('leaves the page and the document itself out', async () => {
    const { paths } = await readDocument(server.origin);
    expect(Object.keys(paths).filter((path) => path.startsWith('/docs') || path === '/openapi.json')).toEqual([]);
  });
});

describe('the files of the page', () => {
  test('cannot be framed, sniffed or asked to load from elsewhere', async () => {
    const { headers, status } = await fetch(`${server.origin}/docs`);
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("connect-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
  });

  test('are sent once: a known ETag answers 304 without a body', async () => {
    const first = await fetch(`${server.origin}/docs/scalar.js`);
    const etag = first.headers.get('etag') ?? '';
    expect((await first.arrayBuffer()).byteLength).toBeGreaterThan(1_000_000);
    expect(first.headers.get('content-encoding')).toBe('gzip');
    const second = await fetch(`${server.origin}/docs/scalar.js`, { headers: { 'if-none-match': etag } });
    expect(second.status).toBe(304);
    expect(await second.text()).toBe('');
  });

  test('are readable without compression too', async () => {
    const answer = await fetch(`${server.origin}/docs/sign-requests.js`, {
      headers: { 'accept-encoding': 'identity' },
    });
    expect(answer.headers.get('content-encoding')).toBeNull();
    expect(await answer.text()).toContain('x-signature');
  });
});

describe.skipIf(BROWSER_PATH === '')('the page in a browser (needs Chromium, or CHROMIUM_PATH)', () => {
  let browser: Browser;

  beforeAll(async () => {
    browser = await openBrowser();
  });

  afterAll(async () => {
    await browser.close();
  });

  test('signs what a person sends and shows the 201, without another host or a broken policy', async () => {
    const { page, faults, otherHosts, close } = await openDocsPage(browser, server.origin);
    await page.getByText('Fill in to send requests').waitFor();
    for (const name of ['List customers', 'Update contact', 'Create customers in bulk', 'Is the server alive']) {
      await page.getByRole('heading', { name, exact: true }).first().waitFor();
    }
    await fillCredentials(page, CREDENTIALS);
    await page.getByText('Requests are signed', { exact: true }).waitFor();
    const before = server.received.length;
    await sendCreateCustomer(page);
    await page.getByRole('dialog').getByText('201 Created').waitFor();

    const [request, ...more] = server.received.slice(before);
    expect(more).toEqual([]);
    expect(request).toMatchObject({ method: 'POST', url: '/partners/customers', isSigned: true });
    expect(request?.headers['x-client-id']).toBe(CREDENTIALS.clientId);
    expect(request?.headers.authorization).toBe(`Bearer ${CREDENTIALS.accessToken}`);
    expect(JSON.parse(request?.body ?? '')).toEqual(exampleCustomerInput);
    expect(otherHosts).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  });

  test('signs path and query as they go over the wire, and two requests within a second differently', async () => {
    const { page, close } = await openDocsPage(browser, server.origin);
    await fillCredentials(page, CREDENTIALS);
    const before = server.received.length;
    await page.evaluate(async () => {
      const body = '{"customer":"Größe ☃"}';
      const url = '/partners/customers/by-external-id/a%2Fb%20ü?dry=1&x=%26';
      await fetch(url, { method: 'PUT', body, headers: { 'content-type': 'application/json' } });
      await fetch(new Request(url, { method: 'PUT', body, headers: { 'content-type': 'application/json' } }));
      await fetch('/partners/customers?search=a%20b', { headers: { 'x-signature': 'a placeholder' } });
    });
    const received = server.received.slice(before);
    expect(received.map(({ method, isSigned }) => [method, isSigned])).toEqual([
      ['PUT', true],
      ['PUT', true],
      ['GET', true],
    ]);
    expect(new Set(received.map(({ headers }) => headers['x-signature'])).size).toBe(3);
    await close();
  });

  test('sends nothing about credentials that are not filled in', async () => {
    const { page, close } = await openDocsPage(browser, server.origin);
    const before = server.received.length;
    await sendCreateCustomer(page);
    await expect.poll(() => server.received.length).toBe(before + 1);
    const headers = server.received.at(-1)?.headers ?? {};
    expect(Object.keys(headers).filter((name) => /^x-|^authorization$/.test(name))).toEqual([]);
    await close();
  });

  test('keeps the credentials over a reload of the tab and forgets them when told', async () => {
    const { page, close } = await openDocsPage(browser, server.origin);
    await fillCredentials(page, CREDENTIALS);
    await page.reload();
    await page.getByText('Requests are signed', { exact: true }).waitFor();
    expect(await page.getByLabel('Client id').inputValue()).toBe(CREDENTIALS.clientId);
    await page.getByRole('button', { name: 'Forget' }).click();
    await page.getByText('Fill in to send requests').waitFor();
    await page.reload();
    await page.getByText('Fill in to send requests').waitFor();
    expect(await page.getByLabel('Client secret').inputValue()).toBe('');
    expect(
      await page.evaluate(() => localStorage.length === 0 || !JSON.stringify(localStorage).includes('demo-client')),
    ).toBe(true);
    await close();
  });

  test('shows no second place to enter credentials', async () => {
    const { page, close } = await openDocsPage(browser, server.origin);
    await page
      .getByRole('region', { name: 'Create customer', exact: true })
      .getByRole('button', { name: /test request/i })
      .click();
    await page.getByRole('dialog').getByText('Request Body').waitFor();
    for (const heading of await page.getByText('Authentication', { exact: true }).all()) {
      expect(await heading.isVisible()).toBe(false);
    }
    await close();
  });

  test('is usable on a phone', async () => {
    const { page, close } = await openDocsPage(browser, server.origin, { width: 390, height: 844 });
    expect(await page.getByLabel('Client id').isVisible()).toBe(false);
    await page.getByRole('button', { name: 'Credentials', exact: true }).click();
    await fillCredentials(page, CREDENTIALS);
    await page.getByText('Requests are signed', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Done' }).click();
    await page.getByLabel('Client id').waitFor({ state: 'hidden' });
    expect(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth)).toBe(true);
    await close();
  });

  test('says that it cannot sign on an insecure origin, and sends nothing', async () => {
    const page = await openPage(browser);
    await page.addInitScript(() => Object.defineProperty(globalThis, 'isSecureContext', { value: false }));
    await page.goto(`${server.origin}/docs`);
    await page
      .getByText(/cannot sign here/)
      .first()
      .waitFor();
    const before = server.received.length;
    const refusal = await page.evaluate(() => fetch('/partners/customers').then(String, String));
    expect(refusal).toMatch(/cannot sign here/);
    expect(server.received.length).toBe(before);
    await page.context().close();
  });
});
