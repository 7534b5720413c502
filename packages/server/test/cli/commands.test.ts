import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer, uniqueEmail } from '../harness/customers.js';
import { type Outcome, runProgram } from '../harness/program.js';
import { startServer, type TestServer } from '../harness/server.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOBODY = '00000000-0000-4000-8000-000000000000';
const COMMANDS = [
  'dev',
  'serve',
  'migrate',
  'team create',
  'user create',
  'user invite',
  'app create',
  'app list',
  'app show',
  'app update',
  'app rotate-secret',
  'app disable',
  'app enable',
  'app delete',
  'token create',
  'audit list',
  'request',
];

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

/** The one JSON document that a command printed. */
function documentOf({ exitCode, stdout, stderr }: Outcome): unknown {
  expect([exitCode, stderr.includes('Error')]).toEqual([0, false]);
  expect(stdout.trim().split('\n').length).toBe(1);
  return JSON.parse(stdout);
}

function expectWrongUsage({ exitCode, stdout, stderr }: Outcome): void {
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/\S/);
  expect(stderr).not.toMatch(/\n\s+at /);
}

describe('--help', () => {
  test.each(COMMANDS)('of "%s" says what it does, on standard output, and ends with 0', async (name) => {
    const { exitCode, stdout, stderr } = await runProgram([...name.split(' '), '--help']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Usage: countersign ${name}`);
    expect(stdout).toContain('Options:');
    const isMakingOrReading = !['dev', 'serve'].includes(name);
    expect(stdout.includes('--json')).toBe(isMakingOrReading);
  });

  test('of the program names every command', async () => {
    const { exitCode, stdout } = await runProgram(['--help']);
    expect(exitCode).toBe(0);
    for (const name of COMMANDS) expect(stdout).toContain(`${name.split(' ')[0]} `);
  });
});

describe('wrong usage ends with 2 and prints nothing on standard output', () => {
  test.each([
    'nothing',
    'team',
    'team destroy',
    'team create',
    'team create --name',
    'team create --name= --json',
    'team create --name x --colour red',
    'team create --name x y',
    'app create --name x',
    'app create --name x --redirect-uri http://app.example/cb',
    'app create --name x --redirect-uri https://app.example/cb --rate-limit many',
    'app create --name x --redirect-uri https://app.example/*',
    'app list x',
    'app show',
    'app disable',
    'app enable --client-id',
    'app delete --yes',
    'audit list --page 2',
    'token create --client-id x',
    'token create --client-id x --team x --scope everything',
    `user create --email e@acme.example --team ${NOBODY}`,
    `user create --email nobody --team ${NOBODY} --password-stdin`,
    'request GET',
    'request BREW /partners/customers',
    'request GET customers',
    'serve --port',
  ])('%s', async (line) => {
    const environment = { ...server.environment, COUNTERSIGN_CLIENT_ID: 'x', COUNTERSIGN_CLIENT_SECRET: 'x' };
    expectWrongUsage(await runProgram(line.split(' '), { environment }));
  });
});

describe('commands that make something print it as one document', () => {
  test('team create', async () => {
    const outcome = await server.command(['team', 'create', '--name', '  Zoë & Co  ', '--json']);
    expect(documentOf(outcome)).toEqual({ uuid: expect.stringMatching(UUID), name: 'Zoë & Co' });
  });

  test('user create, with a password that is not too short, once for each email', async () => {
    const email = uniqueEmail();
    const args = ['user', 'create', '--email', email, '--team', caller.team.uuid, '--password-stdin', '--json'];
    const run = (input: string) => runProgram(args, { environment: server.environment, input });
    expectWrongUsage(await run('short'));
    expect(documentOf(await run('long enough\n'))).toEqual({ uuid: expect.stringMatching(UUID), email });
    const again = await run('long enough');
    expect([again.exitCode, again.stdout]).toEqual([1, '']);
    expect(again.stderr).toContain(email);
    expect(again.stderr).not.toContain('long enough');
  });

  test('user create lets a user join another team, who shows the password', async () => {
    const email = uniqueEmail();
    const other = await server.createTeam();
    const run = (team: string, input: string) => {
      const args = ['user', 'create', '--email', email, '--team', team, '--password-stdin', '--json'];
      return runProgram(args, { environment: server.environment, input });
    };
    const user = documentOf(await run(caller.team.uuid, 'long enough'));
    expect((await run(other.uuid, 'not the same')).exitCode).toBe(1);
    expect(documentOf(await run(other.uuid, 'long enough'))).toEqual(user);
  });

  test('user invite', async () => {
    const email = uniqueEmail();
    const outcome = await server.command(['user', 'invite', '--email', email, '--team', caller.team.uuid, '--json']);
    const link = expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/invitation\?token=cs_invitation_[\w-]{43}$/);
    expect(documentOf(outcome)).toEqual({ email, link, expiresAt: expect.stringMatching(/^\d{4}-.*Z$/) });
  });

  test('user invite names an address to go to where the server listens on all of them', async () => {
    const args = ['user', 'invite', '--email', uniqueEmail(), '--team', caller.team.uuid];
    const { link } = await server.make<{ link: string }>(args, { COUNTERSIGN_HOST: '0.0.0.0', COUNTERSIGN_PORT: '81' });
    expect(new URL(link).origin).toBe('http://localhost:81');
  });

  test('app create, token create and migrate', async () => {
    const uris = ['https://app.example/cb', 'http://127.0.0.1/cb', 'http://localhost:3000/cb'];
    const app = documentOf(await server.command(['app', 'create', '--name', 'A', '--redirect-uri', ...uris, '--json']));
    expect(app).toEqual({ clientId: expect.any(String), clientSecret: expect.any(String) });
    const args = ['--client-id', caller.app.clientId, '--team', caller.team.uuid.toUpperCase(), '--json'];
    const time = expect.stringMatching(/^\d{4}-.*Z$/);
    expect(documentOf(await server.command(['token', 'create', ...args]))).toEqual({
      accessToken: expect.any(String),
      refreshToken: expect.any(String),
      accessTokenExpiresAt: time,
      refreshTokenExpiresAt: time,
      workspaceId: caller.team.uuid,
      workspaceName: caller.team.name,
    });
    expect(documentOf(await server.command(['migrate', '--json']))).toEqual({ schemaVersion: expect.any(Number) });
  });

  test.each([
    ['token create --client-id app_none --team TEAM', /app_none/],
    [`token create --client-id CLIENT --team ${NOBODY}`, new RegExp(NOBODY)],
    [`user create --email e@acme.example --team ${NOBODY} --password-stdin`, new RegExp(NOBODY)],
  ])('and fail with one sentence where what they need is not there: %s', async (line, sentence) => {
    const args = line.replace('TEAM', caller.team.uuid).replace('CLIENT', caller.app.clientId).split(' ');
    const outcome = await runProgram(args, { environment: server.environment, input: 'long enough' });
    expect([outcome.exitCode, outcome.stdout]).toEqual([1, '']);
    expect(outcome.stderr).toMatch(sentence);
    expect(outcome.stderr.trim().split('\n').length).toBe(1);
  });
});

describe('request', () => {
  const run = (args: readonly string[], input = '') =>
    runProgram(['request', ...args], {
      input,
      environment: {
        COUNTERSIGN_URL: server.url,
        COUNTERSIGN_CLIENT_ID: caller.app.clientId,
        COUNTERSIGN_CLIENT_SECRET: caller.app.clientSecret,
        COUNTERSIGN_ACCESS_TOKEN: caller.accessToken,
      },
    });

  test('signs, sends, and prints the answer alone on standard output', async () => {
    const input = smallCustomer({ customer: 'Zoë 🧾' });
    const created = await run(['post', '/partners/customers', '--data', JSON.stringify(input)]);
    expect(created.exitCode).toBe(0);
    expect(created.stderr).toBe('HTTP 201\n');
    expect(JSON.parse(created.stdout)).toMatchObject({ status: 'success', data: { customer: input } });
    const found = await run(['GET', `/customers/find-by-email?email=${encodeURIComponent(input.email)}`]);
    expect(JSON.parse(found.stdout)).toMatchObject({ data: { customer: input } });
  });

  test('prints one JSON document on one line with --json', async () => {
    const { exitCode, stdout } = await run(['GET', '/customers?limit=1', '--json']);
    expect(exitCode).toBe(0);
    expect(stdout.trimEnd()).not.toContain('\n');
    expect(JSON.parse(stdout)).toMatchObject({ status: 'success' });
  });

  test('ends with 2 and one sentence for what cannot be sent', async () => {
    const { exitCode, stdout, stderr } = await run(['GET', '/customers', '--data', '{}']);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^countersign: [^\n]+\n$/);
  });

  test('reads the body from standard input, sends headers, and ends with 1 on a refusal', async () => {
    const refused = await run(['POST', '/customers', '--data', '-', '--header', 'X-Request-Id: from-cli'], '{}');
    expect([refused.exitCode, refused.stderr]).toEqual([1, 'HTTP 400\n']);
    expect(JSON.parse(refused.stdout)).toMatchObject({ code: 'validation_error', requestId: 'from-cli' });
  });

  test('ends with 1 and one sentence where there is no file, no server or no secret', async () => {
    const noFile = await run(['POST', '/customers', '--data', '@/nowhere.json']);
    expect([noFile.exitCode, noFile.stdout, noFile.stderr]).toEqual([
      1,
      '',
      'countersign: Cannot read the file /nowhere.json.\n',
    ]);
    const environment = {
      COUNTERSIGN_CLIENT_ID: 'x',
      COUNTERSIGN_CLIENT_SECRET: 'x',
      COUNTERSIGN_URL: 'http://127.0.0.1:9',
    };
    const noServer = await runProgram(['request', 'GET', '/customers'], { environment });
    expect([noServer.exitCode, noServer.stdout, noServer.stderr.trim().split('\n').length]).toEqual([1, '', 1]);
    const noSecret = await runProgram(['request', 'GET', '/customers'], {
      environment: { ...environment, COUNTERSIGN_CLIENT_SECRET: '' },
    });
    expect([noSecret.exitCode, noSecret.stdout]).toEqual([1, '']);
    expect(noSecret.stderr).toContain('COUNTERSIGN_CLIENT_SECRET');
  });
});
