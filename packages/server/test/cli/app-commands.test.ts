import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createMember } from '../harness/authorization.js';
import { type App, type Caller, createCaller, type Team } from '../harness/caller.js';
import { eventually } from '../harness/eventually.js';
import type { Outcome } from '../harness/program.js';
import { startServer, type TestServer } from '../harness/server.js';

interface AppOverview {
  readonly clientId: string;
  readonly name: string;
  readonly status: string;
  readonly createdAt: string;
  readonly liveSecrets: number;
  readonly redirectUris: readonly string[];
  readonly rateLimit: number | null;
}

const CALLBACK = 'https://app.example/callback';
const NO_SUCH_APP = 'countersign: There is no app with this client id.\n';

let server: TestServer;

beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server.stop());

const app = (action: string, { clientId }: { readonly clientId: string }, ...flags: readonly string[]) => [
  'app',
  action,
  '--client-id',
  clientId,
  ...flags,
];
const listApps = () => server.make<{ apps: AppOverview[] }>(['app', 'list']);
const show = (created: App) => server.make<AppOverview>(app('show', created));

function createApp(name: string, ...flags: readonly string[]): Promise<App> {
  return server.make(['app', 'create', '--name', name, '--redirect-uri', CALLBACK, ...flags]);
}

function rowsOf(outcome: Outcome): string[][] {
  expect([outcome.exitCode, outcome.stderr]).toEqual([0, '']);
  return outcome.stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.split(/ {2,}/));
}

function expectRefusal({ exitCode, stdout, stderr }: Outcome, status: number, sentence: RegExp | string): void {
  expect([exitCode, stdout]).toEqual([status, '']);
  expect(stderr).toMatch(/^countersign: [^\n]+\n$/);
  if (typeof sentence === 'string') expect(stderr).toBe(sentence);
  else expect(stderr).toMatch(sentence);
}

function expectEventually(caller: Caller, expected: readonly [number, string | undefined]): Promise<void> {
  return eventually(async () => {
    const { status, body } = await caller.get('/customers');
    expect([status, body.code]).toEqual(expected);
  });
}

describe('app list and app show', () => {
  test('tell everything of an app but its secrets', async () => {
    const first = await createApp('First', '--rate-limit', '7');
    const second = await createApp('Zoë 🧾', 'http://127.0.0.1/cb');
    await server.make(app('rotate-secret', second));
    const { exitCode, stdout } = await server.command(['app', 'list', '--json']);
    expect(exitCode).toBe(0);
    expect(stdout).not.toMatch(/secret_|Secret":"/);
    const { apps }: { apps: AppOverview[] } = JSON.parse(stdout);
    const createdAt = expect.stringMatching(/^\d{4}-.*Z$/);
    const one = { clientId: first.clientId, name: 'First', status: 'active', createdAt, liveSecrets: 1 };
    const two = { clientId: second.clientId, name: 'Zoë 🧾', status: 'active', createdAt, liveSecrets: 2 };
    expect(apps.slice(-2)).toEqual([
      { ...one, redirectUris: [CALLBACK], rateLimit: 7 },
      { ...two, redirectUris: ['http://127.0.0.1/cb', CALLBACK], rateLimit: null },
    ]);
    expect(await show(second)).toEqual({ ...apps.at(-1), connectedTeams: 0 });
  });

  test('count each team once that an app may act for', async () => {
    const created = await createApp('Connected');
    const { team } = await server.createCaller({ app: created });
    await server.createCaller({ app: created, team });
    expect(await show(created)).toMatchObject({ connectedTeams: 1 });
    await server.createCaller({ app: created });
    expect(await show(created)).toMatchObject({ connectedTeams: 2 });
  });

  test('print a table and lines for people, without what a terminal would obey', async () => {
    const created = await createApp('A \u001b[2J\u0007\nB', '--rate-limit', '0');
    const listed = await server.command(['app', 'list']);
    const [heads, ...rows] = rowsOf(listed);
    expect(heads).toEqual(['clientId', 'name', 'status', 'createdAt', 'liveSecrets', 'rateLimit', 'redirectUris']);
    const { createdAt } = await show(created);
    const row = rows.find(([clientId]) => clientId === created.clientId);
    expect(row?.join('|')).toBe(
      `${created.clientId}|A  [2J|B|active|${createdAt}|1|none|${CALLBACK}`.replace('A  ', 'A|'),
    );
    const shown = await server.command(app('show', created));
    expect(rowsOf(shown)).toContainEqual(['connectedTeams', '0']);
    expect(rowsOf(shown)).toContainEqual(['redirectUris', CALLBACK]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what must be absent
    expect(listed.stdout + shown.stdout).not.toMatch(/[\u001b\u0007]/);
  });
});

describe('app update', () => {
  test('changes what is given, prints the app, and leaves the rest', async () => {
    const created = await createApp('Before', '--rate-limit', '5');
    const before = await show(created);
    const update = (...flags: readonly string[]) => server.make(app('update', created, ...flags));
    expect(await update('--name', ' After ')).toEqual({ ...before, name: 'After' });
    expect(await update('--rate-limit', '0')).toEqual({ ...before, name: 'After', rateLimit: 0 });
    expect(await update('--rate-limit', 'default')).toEqual({ ...before, name: 'After', rateLimit: null });
    const uris = ['http://localhost:3000/cb', CALLBACK, 'https://app.example/z'];
    const [first = '', second = '', third = ''] = uris;
    expect(await update('--add-redirect-uri', third, first, second)).toMatchObject({ redirectUris: uris });
    expect(await update('--remove-redirect-uri', first, second)).toMatchObject({ redirectUris: [third] });
    expect(await update('--add-redirect-uri', first, '--remove-redirect-uri', third)).toMatchObject({
      redirectUris: [first],
    });
    const both = ['--redirect-uri', second, '--redirect-uri', third, '--name', 'Last'];
    expect(await update(...both)).toEqual({ ...before, name: 'Last', rateLimit: null, redirectUris: [second, third] });
    expect(await show(created)).toMatchObject({ name: 'Last', redirectUris: [second, third] });
    expect(rowsOf(await server.command(app('update', created, '--name', 'X')))).toContainEqual(['name', 'X']);
  });

  test('changes nothing when any of it is refused', async () => {
    const created = await createApp('Same');
    const before = await show(created);
    const named = ['--name', 'Other'];
    const none = await server.command(app('update', created, ...named, '--remove-redirect-uri', CALLBACK));
    expectRefusal(none, 1, /One redirect URI must remain/);
    const unknown = ['--add-redirect-uri', 'https://app.example/z', '--remove-redirect-uri', `${CALLBACK}/`];
    expectRefusal(await server.command(app('update', created, ...named, ...unknown)), 1, /not one of the app/);
    expect(await show(created)).toEqual(before);
  });

  test.each([
    [[], /what to change/],
    [['--name', ' '], /--name/],
    [['--name', 'x'.repeat(256)], /--name/],
    [['--rate-limit', 'many'], /--rate-limit/],
    [['--rate-limit', '-1'], /--rate-limit/],
    [['--redirect-uri', 'http://app.example/'], /--redirect-uri "http:\/\/app.example\/" must be https/],
    [['--redirect-uri', CALLBACK, 'https://*.app.example/'], /--redirect-uri .* wildcard/],
    [['--add-redirect-uri', `${CALLBACK}\n`], /--add-redirect-uri .*\\n" must not carry spaces/],
    [['--redirect-uri', CALLBACK, '--add-redirect-uri', 'https://app.example/z'], /replaces/],
    [['--redirect-uri', CALLBACK, '--remove-redirect-uri', CALLBACK], /replaces/],
  ])('is used wrongly with %j', async (flags, sentence) => {
    expectRefusal(await server.command(app('update', { clientId: 'app_none' }, ...flags, '--json')), 2, sentence);
  });
});

test('a disabled app is refused within a second or two, and its token works again once it is enabled', async () => {
  const created = await createApp('Switched');
  const caller = await server.createCaller({ app: created });
  expect((await caller.get('/customers')).status).toBe(200);

  expect(await server.make(app('disable', created))).toEqual({ clientId: created.clientId, status: 'disabled' });
  await expectEventually(caller, [401, 'invalid_client']);
  expect(await show(created)).toMatchObject({ status: 'disabled', liveSecrets: 1, connectedTeams: 1 });
  const listed = (await listApps()).apps.find(({ clientId }) => clientId === created.clientId);
  expect(listed?.status).toBe('disabled');
  const again = rowsOf(await server.command(app('disable', created)));
  expect(again).toEqual([
    ['clientId', created.clientId],
    ['status', 'disabled'],
  ]);

  expect(await server.make(app('enable', created))).toEqual({ clientId: created.clientId, status: 'active' });
  await expectEventually(caller, [200, undefined]);
  expect(await show(created)).toMatchObject({ status: 'active', liveSecrets: 1, connectedTeams: 1 });
});

describe('app delete', () => {
  test('without --yes is refused, says what would end, and ends nothing', async () => {
    const created = await createApp('Kept', 'http://127.0.0.1/cb');
    const caller = await server.createCaller({ app: created });
    const sentence = /"Kept" ends for good: 1 secret, 2 redirect URIs, its access to 1 team .* --yes/;
    expectRefusal(await server.command(app('delete', created, '--json')), 2, sentence);
    expect(await show(created)).toMatchObject({ status: 'active', connectedTeams: 1 });
    expect((await caller.get('/customers')).status).toBe(200);
  });

  test('leaves no app, no secret, no redirect URI, no code and no token that works', async () => {
    const created = await createApp('Gone');
    const caller = await server.createCaller({ app: created });
    const thief = createCaller({ ...caller, app: await createApp('Other') });
    expect((await caller.get('/customers')).status).toBe(200);
    expect((await thief.get('/customers')).body.code).toBe('client_mismatch');
    await storeCode(created, caller.team);

    expect(await server.make(app('delete', created, '--yes'))).toEqual({
      clientId: created.clientId,
      status: 'deleted',
    });
    await expectEventually(caller, [401, 'invalid_client']);
    await expectEventually(thief, [401, 'invalid_token']);
    expect((await listApps()).apps.map(({ clientId }) => clientId)).not.toContain(created.clientId);
    expect((await server.command(['app', 'list'])).stdout).not.toContain(created.clientId);
    expect(await remainsOf(created)).toEqual({ secrets: 0, uris: 0, codes: 0, grants: 0, marked: 1 });

    for (const action of ['show', 'disable', 'enable', 'delete', 'rotate-secret', 'update']) {
      const flags = { delete: ['--yes'], update: ['--name', 'x'] }[action] ?? [];
      expectRefusal(await server.command(app(action, created, ...flags)), 1, NO_SUCH_APP);
    }
    const token = ['token', 'create', '--client-id', created.clientId, '--team', caller.team.uuid];
    expect((await server.command(token)).exitCode).toBe(1);
    await server.end('SIGTERM');
    await server.restart();
    await expectEventually(caller, [401, 'invalid_client']);
  });
});

test.each([['show'], ['update', '--name', 'x'], ['disable'], ['enable'], ['delete'], ['delete', '--yes']])(
  'app %s fails with one sentence for an app that does not exist',
  async (action, ...flags) => {
    expectRefusal(await server.command(app(action, { clientId: 'app_none' }, ...flags, '--json')), 1, NO_SUCH_APP);
  },
);

async function storeCode({ clientId }: App, team: Team): Promise<void> {
  await createMember(server, [team]);
  await server.database.sql(
    `insert into authorization_codes (code_hash, app_id, team_id, user_id, scope, redirect_uri,
        is_redirect_uri_required, created_at, expires_at)
      select 'code', id, (select min(id) from teams), (select min(id) from users), '', '', 0, 0, 9000000000000000
        from apps where client_id = '${clientId}'`,
  );
  expect(await remainsOf({ clientId })).toEqual({ secrets: 1, uris: 1, codes: 1, grants: 1, marked: 0 });
}

async function remainsOf({ clientId }: { readonly clientId: string }): Promise<unknown> {
  const rows = await server.database.sql(
    `select (select count(*) from app_secrets where app_id = app.id) as secrets,
        (select count(*) from app_redirect_uris where app_id = app.id) as uris,
        (select count(*) from authorization_codes where app_id = app.id) as codes,
        (select count(*) from token_grants where app_id = app.id and revoked_at is null) as grants,
        case when deleted_at is not null and disabled_at is not null then 1 else 0 end as marked
      from apps app where client_id = '${clientId}'`,
  );
  return rows[0];
}
