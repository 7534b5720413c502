import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { uniqueEmail } from '../harness/customers.js';
import { expectWrongUsage } from '../harness/expect-wrong-usage.js';
import type { Outcome } from '../harness/program.js';
import { runCommand } from '../harness/run-command.js';
import { startServer, type TestServer } from '../harness/server.js';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const NOBODY = '00000000-0000-4000-8000-000000000000';

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

describe('commands that make something print it as one document', () => {
  test('team create', async () => {
    const outcome = await server.command(['team', 'create', '--name', '  Zoë & Co  ', '--json']);
    expect(documentOf(outcome)).toEqual({ uuid: expect.stringMatching(UUID), name: 'Zoë & Co' });
  });

  test('user create, with a password that is not too short, once for each email', async () => {
    const email = uniqueEmail();
    const args = ['user', 'create', '--email', email, '--team', caller.team.uuid, '--password-stdin', '--json'];
    const run = (input: string) => runCommand(args, { environment: server.environment, input });
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
      return runCommand(args, { environment: server.environment, input });
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
    const outcome = await runCommand(args, { environment: server.environment, input: 'long enough' });
    expect([outcome.exitCode, outcome.stdout]).toEqual([1, '']);
    expect(outcome.stderr).toMatch(sentence);
    expect(outcome.stderr.trim().split('\n').length).toBe(1);
  });
});
