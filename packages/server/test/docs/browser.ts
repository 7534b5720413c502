import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** Where Chromium is; empty where there is none. */
export const BROWSER_PATH =
  [process.env.CHROMIUM_PATH, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find(
    (path) => path !== undefined && existsSync(path),
  ) ?? '';

const BROWSER_ARGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

if (BROWSER_PATH === '')
  console.warn('No Chromium found, so the page is NOT tested: install chromium or set CHROMIUM_PATH.');

/** How long to wait for what a page shows, in milliseconds: it only tells what hangs. */
const HANGS_MS = 240_000;

/** Opens a new page, whose cookies and storage are its own. */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<Page> {
  const context = await browser.newContext(options);
  context.setDefaultTimeout(HANGS_MS);
  return context.newPage();
}

/** Starts Chromium without a window. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: BROWSER_PATH, args: BROWSER_ARGS, timeout: HANGS_MS });
}

/** Opens the API page of a server and writes down what must not happen on it. */
export async function openDocsPage(browser: Browser, origin: string, viewport = { width: 1440, height: 900 }) {
  const page = await openPage(browser, { viewport });
  const faults: string[] = [];
  const otherHosts: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(message.text());
  });
  page.on('request', (request) => {
    const url = new URL(request.url());
    if (url.protocol.startsWith('http') && url.origin !== origin) otherHosts.push(request.url());
  });
  await page.addInitScript(() => {
    document.addEventListener('securitypolicyviolation', (event) => {
      console.error(`policy violated: ${event.violatedDirective} ${event.blockedURI}`);
    });
  });
  await page.goto(`${origin}/docs`);
  await page.getByRole('heading', { name: 'Create customer' }).first().waitFor();
  return { page, faults, otherHosts, close: () => page.context().close() };
}

/** What a person fills into the bar of the page. */
export interface PageCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly accessToken: string;
}

/** Fills the bar of the page. */
export async function fillCredentials(page: Page, credentials: PageCredentials): Promise<void> {
  await page.getByLabel('Client id').fill(credentials.clientId);
  await page.getByLabel('Client secret').fill(credentials.clientSecret);
  await page.getByLabel('Access token').fill(credentials.accessToken);
}

/** Sends the example of "Create customer" as a person does. */
export async function sendCreateCustomer(page: Page): Promise<void> {
  await page
    .getByRole('region', { name: 'Create customer', exact: true })
    .getByRole('button', { name: /test request/i })
    .click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^send post request/i })
    .click();
}
