import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exampleCustomerInput } from '../../src/docs/examples.js';
import type { Caller } from '../harness/caller.js';
import { startServer, type TestServer } from '../harness/server.js';
import { BROWSER_PATH, fillCredentials, openBrowser, openDocsPage, sendCreateCustomer } from './browser.js';

describe.skipIf(BROWSER_PATH === '')('the page of a real server (needs Chromium, or CHROMIUM_PATH)', () => {
  let server: TestServer;
  let caller: Caller;
  let browser: Browser;

  beforeAll(async () => {
    server = await startServer();
    [caller, browser] = await Promise.all([server.createCaller(), openBrowser()]);
  });

  afterAll(async () => {
    await browser?.close();
    await server?.stop();
  });

  test('creates a customer that a signed request then finds', async () => {
    const { page, faults, otherHosts, close } = await openDocsPage(browser, server.url);
    await fillCredentials(page, { ...caller.app, accessToken: caller.accessToken });
    await page.getByText('Requests are signed', { exact: true }).waitFor();
    await sendCreateCustomer(page);
    await page.getByRole('dialog').getByText('201 Created').waitFor();
    const found = await caller.get('/customers/find-by-email', { query: { email: exampleCustomerInput.email } });
    expect(found.status).toBe(200);
    const { contacts, ...fields } = exampleCustomerInput;
    expect(found.data.customer).toMatchObject(fields);
    expect(found.data.customer.contacts.map(({ email }) => email)).toEqual(contacts.map(({ email }) => email));
    expect(otherHosts).toEqual([]);
    expect(faults).toEqual([]);
    await close();
  });
});
