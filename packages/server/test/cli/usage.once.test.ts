import { describe, expect, test } from 'vitest';
import { expectWrongUsage } from '../harness/expect-wrong-usage.js';
import { runCommand } from '../harness/run-command.js';

const NOBODY = '00000000-0000-4000-8000-000000000000';
const COMMANDS = [
  'dev',
  'serve',
  'doctor',
  'migrate',
  'migrate-data',
  'backup',
  'restore',
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
  'import',
  'export',
  'request',
  'deliver',
  'listen',
  'webhooks tail',
];

describe('--help', () => {
  test.each(COMMANDS)('of "%s" says what it does, on standard output, and ends with 0', async (name) => {
    const { exitCode, stdout, stderr } = await runCommand([...name.split(' '), '--help']);
    expect([exitCode, stderr]).toEqual([0, '']);
    expect(stdout).toContain(`Usage: countersign ${name}`);
    expect(stdout).toContain('Options:');
    const isMakingOrReading = !['dev', 'serve', 'deliver'].includes(name);
    expect(stdout.includes('--json')).toBe(isMakingOrReading);
  });

  test('of the program names every command', async () => {
    const { exitCode, stdout } = await runCommand(['--help']);
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
    'backup',
    'restore',
    'migrate-data --from sqlite:./x.db',
    'listen',
    'webhooks',
    'deliver x',
    'doctor x',
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
    const environment = { COUNTERSIGN_CLIENT_ID: 'x', COUNTERSIGN_CLIENT_SECRET: 'x' };
    expectWrongUsage(await runCommand(line.split(' '), { environment }));
  });
});

test.each([
  ['--event', 'app.painted', /app\.created.*app\.disabled.*token\.revoked/],
  ['--limit', '0', /--limit must be a whole number from 1 to 1000/],
  ['--limit', '1001', /--limit/],
  ['--limit', 'all', /--limit/],
  ['--before', '0', /--before/],
  ['--before', 'x', /--before/],
  ['--before', '9999999999999999', /--before/],
  ['--since', 'yesterday', /--since/],
  ['--since', '7', /--since/],
  ['--since', '7y', /--since/],
  ['--since', '-1d', /--since/],
  ['--since', '2026-13-01', /--since/],
  ['--since', '2026-01-31T08:00', /--since/],
])('audit list is used wrongly with %s %s', async (flag, value, sentence) => {
  const { exitCode, stdout, stderr } = await runCommand(['audit', 'list', `${flag}=${value}`, '--json']);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(sentence);
  expect(stderr).not.toMatch(/\n\s+at /);
});
