import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { AxeBuilder } from '@axe-core/playwright';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openBrowser, openPage } from '../docs/browser.js';
import {
  createLoopbackApp,
  createMember,
  exchange,
  type Member,
  tokensOf,
  tryToken,
} from '../harness/authorization.js';
import type { App, Team } from '../harness/caller.js';
import { uniqueEmail } from '../harness/customers.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;
let browser: Browser;
let app: App;
let teams: Team[];
let member: Member;
let callback: Callback;

beforeAll(async () => {
  [server, browser, callback] = await Promise.all([startServer(), openBrowser(), openCallback()]);
  app = await createLoopbackApp(server, 'Ledger & Sons <Sync>');
  teams = [await server.createTeam(), await server.createTeam()];
  member = await createMember(server, teams);
});
afterAll(async () => {
  await browser.close();
  callback.close();
  await server.stop();
});

/** Where the app is called back: it sends the browser on to another port, as apps do with a page of their own. */
interface Callback {
  readonly url: string;
  close(): void;
}

async function openCallback(): Promise<Callback> {
  const listen = (handler: Parameters<typeof createServer>[1]) =>
    new Promise<Server>((resolve) => {
      const http = createServer(handler ?? (() => undefined)).listen(0, '127.0.0.1', () => resolve(http));
    });
  const portOf = (http: Server) => (http.address() as AddressInfo).port;
  const home = await listen((_request, response) => response.end('<title>Home of the app</title>'));
  const first = await listen((request, response) => {
    const { search } = new URL(request.url ?? '', 'http://app.invalid');
    response.writeHead(302, { location: `http://127.0.0.1:${portOf(home)}/home${search}` }).end();
  });
  return {
    url: `http://127.0.0.1:${portOf(first)}/callback`,
    close: () => {
      home.close();
      first.close();
    },
  };
}

async function initiateAt(redirectUri: string): Promise<string> {
  const query = new URLSearchParams({ clientId: app.clientId, redirectUri, state: 'browser-state' });
  const answer = await fetch(`${server.url}/auth2/authorize-initiate?${query}`);
  const { data }: { data: { redirectUri: string } } = await answer.json();
  return data.redirectUri;
}

interface Visit {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What must not happen on a page. */
  readonly faults: string[];
}

async function visit(options: BrowserContextOptions = {}): Promise<Visit> {
  const page = await openPage(browser, options);
  const faults: string[] = [];
  page.on('pageerror', (error) => faults.push(String(error)));
  page.on('console', (message) => {
    const isExpected = /status of 4\d\d|favicon/.test(message.text());
    if (message.type() === 'error' && !isExpected) faults.push(message.text());
  });
  page.on('request', (request) => {
    if (new URL(request.url()).hostname !== '127.0.0.1') faults.push(request.url());
  });
  return { context: page.context(), page, faults };
}

async function signIn(page: Page, { email, password }: Member): Promise<void> {
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

const PHONE = { viewport: { width: 390, height: 844 } };
const DESKTOP = { viewport: { width: 1280, height: 900 } };

describe.each([
  ['on a phone', PHONE],
  ['on a desktop', DESKTOP],
  ['on a phone without JavaScript', { ...PHONE, javaScriptEnabled: false }],
  ['on a desktop without JavaScript', { ...DESKTOP, javaScriptEnabled: false }],
])('%s, a person', (_name, options) => {
  test('connects an app to the team of their choice', async () => {
    const { context, page, faults } = await visit(options);
    await page.goto(await initiateAt(callback.url));
    await page.getByRole('heading', { name: 'Sign in to connect Ledger & Sons <Sync>' }).waitFor();
    await signIn(page, { ...member, password: 'wrong' });
    await page.getByRole('alert').getByText('Email and password do not match.').waitFor();
    await signIn(page, member);
    await page.getByText(new URL(callback.url).host).first().waitFor();
    const [, second] = teams;
    await page.getByLabel('Team').selectOption(second?.uuid ?? '');
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(/\/home\?/);
    const answer = new URL(page.url()).searchParams;
    expect([...answer.keys()]).toEqual(['code', 'state']);
    const tokens = tokensOf(await exchange(server, app, { code: answer.get('code') ?? '' }));
    expect([tokens.workspaceId, answer.get('state')]).toEqual([second?.uuid, 'browser-state']);
    expect(await tryToken(server, app, tokens.accessToken)).toBe(200);
    expect(faults).toEqual([]);
    await context.close();
  });

  test('denies an app, who has one team', async () => {
    const [team] = teams;
    const single = await createMember(server, team === undefined ? [] : [team]);
    const { context, page, faults } = await visit(options);
    await page.goto(await initiateAt(callback.url));
    await signIn(page, single);
    expect(await page.getByLabel('Team').inputValue()).toBe(team?.uuid);
    await page.getByRole('button', { name: 'Deny' }).click();
    await page.waitForURL(/\/home\?/);
    expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({
      error: 'access_denied',
      error_description: 'The person did not allow the app.',
      state: 'browser-state',
    });
    expect(faults).toEqual([]);
    await context.close();
  });
});

test('with the keyboard alone, a person signs in and allows', async () => {
  const { context, page } = await visit(DESKTOP);
  await page.goto(await initiateAt(callback.url));
  const tabTo = async (label: string) => {
    const target = page
      .getByLabel(label)
      .or(page.getByRole('button', { name: label, exact: true }))
      .first();
    for (let presses = 0; presses < 20; presses++) {
      await page.keyboard.press('Tab');
      if (await target.evaluate((element) => element === document.activeElement)) return;
    }
    throw new Error(`${label} is not reached with Tab`);
  };
  await tabTo('Email');
  await page.keyboard.type(member.email);
  await tabTo('Password');
  await page.keyboard.type(member.password);
  await page.keyboard.press('Enter');
  await page.getByLabel('Team').waitFor();
  await tabTo('Team');
  await page.keyboard.press('ArrowDown');
  await tabTo('Allow');
  await page.keyboard.press('Space');
  await page.waitForURL(/\/home\?code=/);
  await context.close();
});

test('connected apps are shown, and disconnecting one ends its tokens at once and no others', async () => {
  const { context, page, faults } = await visit(DESKTOP);
  const grant = async (team: Team | undefined) => {
    await page.goto(await initiateAt(callback.url));
    if (page.url().includes('/sign-in')) await signIn(page, member);
    await page.getByLabel('Team').selectOption(team?.uuid ?? '');
    await page.getByRole('button', { name: 'Allow' }).click();
    await page.waitForURL(/\/home\?code=/);
    return tokensOf(await exchange(server, app, { code: new URL(page.url()).searchParams.get('code') ?? '' }));
  };
  const granted = [await grant(teams[0]), await grant(teams[1])];
  for (const { accessToken } of granted) expect(await tryToken(server, app, accessToken)).toBe(200);
  await page.goto(`${server.url}/account`);
  const buttons = page.getByRole('button', { name: /^Disconnect .*Ledger/ });
  expect(await buttons.count()).toBe(2);
  await buttons.first().click();
  await page.getByRole('status').waitFor();
  expect(await buttons.count()).toBe(1);
  const left = await Promise.all(granted.map(({ accessToken }) => tryToken(server, app, accessToken)));
  expect(left.sort()).toEqual([200, 'invalid_token']);
  expect(faults).toEqual([]);
  await context.close();
});

test('a person changes the password, which signs them out everywhere else', async () => {
  const own = await createMember(server, teams);
  const [here, elsewhere] = [await visit(), await visit()];
  for (const { page } of [here, elsewhere]) {
    await page.goto(`${server.url}/account`);
    await signIn(page, own);
    await page.getByRole('heading', { name: 'Connected apps' }).waitFor();
  }
  await here.page.getByRole('link', { name: 'Change password' }).click();
  await here.page.getByLabel('Current password').fill(own.password);
  await here.page.getByLabel('New password', { exact: true }).fill('a new long password');
  await here.page.getByLabel('Repeat the new password').fill('a new long password');
  await here.page.getByRole('button', { name: 'Change password' }).click();
  await here.page.getByRole('status').waitFor();
  await elsewhere.page.reload();
  await signIn(elsewhere.page, own);
  await elsewhere.page.getByRole('alert').waitFor();
  await signIn(elsewhere.page, { ...own, password: 'a new long password' });
  await elsewhere.page.getByRole('heading', { name: 'Connected apps' }).waitFor();
  await here.page.getByRole('button', { name: 'Sign out' }).click();
  await here.page.getByLabel('Email').waitFor();
  await Promise.all([here.context.close(), elsewhere.context.close()]);
});

test('an invited person signs up, and joins another team with a second invitation; each works once', async () => {
  const email = uniqueEmail();
  const invite = async (team: Team | undefined) =>
    (await server.make<{ link: string }>(['user', 'invite', '--email', email, '--team', team?.uuid ?? ''])).link;
  const here = (link: string) => new URL(new URL(link).pathname + new URL(link).search, server.url).href;
  const { context, page } = await visit();
  const first = here(await invite(teams[0]));
  await page.goto(first);
  await page.getByLabel('Choose a password').fill('long enough');
  await page.getByLabel('Repeat the password').fill('long enough');
  await page.getByRole('button', { name: 'Create account' }).click();
  await page.getByRole('heading', { name: 'Connected apps' }).waitFor();
  await page.goto(here(await invite(teams[1])));
  await page.getByRole('button', { name: 'Join team' }).click();
  await page.getByRole('heading', { name: 'Connected apps' }).waitFor();
  await page.goto(await initiateAt(callback.url));
  const choices = await page.getByLabel('Team').locator('option').allTextContents();
  expect(choices.length).toBe(3);
  await page.goto(first);
  await page.getByRole('heading', { name: 'This invitation cannot be used' }).waitFor();
  await context.close();
});

test('no page can be framed by another site', async () => {
  const frame = `<iframe src="${server.url}/sign-in"></iframe>`;
  const http = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(frame));
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const { context, page } = await visit();
  await page.goto(`http://127.0.0.1:${(http.address() as AddressInfo).port}/`);
  const inner = page.frames().find((other) => other !== page.mainFrame());
  expect(await inner?.getByLabel('Email').count()).toBe(0);
  await context.close();
  http.close();
});

describe.each(['light', 'dark'] as const)('in %s colours, axe finds nothing', (colorScheme) => {
  test('on any page', async () => {
    const { context, page } = await visit({ ...PHONE, colorScheme, bypassCSP: true });
    // Of all that axe looks at, the colours alone are others in the dark.
    const rules = new AxeBuilder({ page });
    if (colorScheme === 'dark') rules.withRules(['color-contrast']);
    const check = async (name: string) => {
      const { violations } = await rules.analyze();
      expect(violations.map(({ id, nodes }) => `${name}: ${id} ${nodes[0]?.html}`)).toEqual([]);
    };
    const go = async (name: string, target: string) => {
      await page.goto(new URL(target, server.url).href);
      await check(name);
    };
    const { link } = await server.make<{ link: string }>([
      ...['user', 'invite', '--email', uniqueEmail(), '--team', teams[0]?.uuid ?? ''],
    ]);
    await go('invitation', new URL(link).pathname + new URL(link).search);
    await go('used invitation', '/invitation?token=none');
    await go('unknown app', '/auth2/authorize?client_id=none');
    const asked = { client_id: app.clientId, redirect_uri: 'https://evil.example/' };
    await go('unregistered redirect', `/auth2/authorize?${new URLSearchParams(asked)}`);
    const faulty = { client_id: app.clientId, redirect_uri: callback.url, response_type: 'token' };
    await go('faulty request', `/oauth/authorize?${new URLSearchParams(faulty)}`);
    await go('sign-in', await initiateAt(callback.url));
    await signIn(page, { ...member, password: 'wrong' });
    await check('sign-in with a fault');
    await signIn(page, member);
    await check('consent');
    await go('connected apps', '/account');
    await go('password', '/account/password');
    await context.close();
  });
});
