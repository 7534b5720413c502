import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { expectFailure } from '../harness/expect-failure.js';
import { isMissing } from '../harness/is-missing.js';
import { privateRedis } from '../harness/private-redis.js';
import { type Environment, makeTemporaryFolder, newMasterKey, removeFolder, runProgram } from '../harness/program.js';
import { runCommand } from '../harness/run-command.js';

let folder: string;

beforeEach(() => {
  folder = makeTemporaryFolder();
});
afterEach(() => removeFolder(folder));

const settingsWith = (environment: Environment) => ({
  environment: {
    COUNTERSIGN_DATABASE_URL: `sqlite:${join(folder, 'test.db')}`,
    COUNTERSIGN_MASTER_KEY: newMasterKey(),
    COUNTERSIGN_PORT: '0',
    ...environment,
  },
});

describe('a setting that cannot be used is named, and the server does not start', () => {
  test.each<[string, string]>([
    ['COUNTERSIGN_MASTER_KEY', ''],
    ['COUNTERSIGN_MASTER_KEY', 'short'],
    ['COUNTERSIGN_MASTER_KEY', Buffer.alloc(31).toString('base64')],
    ['COUNTERSIGN_MASTER_KEY', '!'.repeat(44)],
    ['COUNTERSIGN_PORT', '65536'],
    ['COUNTERSIGN_PORT', 'http'],
    ['COUNTERSIGN_DATABASE_URL', 'mysql://x'],
    ['COUNTERSIGN_DATABASE_URL', 'countersign.db'],
    ['COUNTERSIGN_DATABASE_CONNECTIONS', '2'],
    ['COUNTERSIGN_WORKERS', '0'],
    ['COUNTERSIGN_WORKERS', 'all'],
    ['COUNTERSIGN_WORKERS', '2'],
    ['COUNTERSIGN_REDIS_URL', '127.0.0.1:6379'],
    ['COUNTERSIGN_REDIS_URL', 'http://127.0.0.1:6379'],
    ['COUNTERSIGN_REDIS_URL', 'redis://127.0.0.1:6379/customers'],
    ['COUNTERSIGN_REDIS_URL', 'redis://:a-secret-of-redis@127.0.0.1:6379/0?family=4'],
    ['COUNTERSIGN_RATE_LIMIT', '-1'],
    ['COUNTERSIGN_AUTH_FAILURE_LIMIT', '1.5'],
    ['COUNTERSIGN_ACCESS_TOKEN_SECONDS', '0'],
    ['COUNTERSIGN_REFRESH_TOKEN_SECONDS', 'long'],
    ['COUNTERSIGN_BODY_LIMIT', '1MB'],
    ['COUNTERSIGN_LOG_LEVEL', 'loud'],
    ['COUNTERSIGN_CORS_ORIGINS', 'app.example'],
    ['COUNTERSIGN_CORS_ORIGINS', 'https://app.example/path'],
    ['COUNTERSIGN_CORS_ORIGINS', 'https://*.example'],
    ['COUNTERSIGN_CORS_ORIGINS', '*,https://app.example'],
    ['COUNTERSIGN_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['COUNTERSIGN_TRUSTED_PROXIES', '10.0.0.1,proxy'],
    ['COUNTERSIGN_DEVELOPMENT', 'yes'],
  ])('%s=%s', async (name, value) => {
    const outcome = await runCommand(['serve'], settingsWith({ [name]: value }));
    expectFailure(outcome, new RegExp(name));
    if (name === 'COUNTERSIGN_MASTER_KEY' && value !== '') expect(outcome.stderr).not.toContain(value);
    expect(outcome.stderr).not.toContain('a-secret-of-redis');
    expect(readdirSync(folder)).toEqual([]);
  });

  test('COUNTERSIGN_HOST=192.0.2.1, and the process ends', async () => {
    expectFailure(await runProgram(['serve'], settingsWith({ COUNTERSIGN_HOST: '192.0.2.1' })), /COUNTERSIGN_HOST/);
  });
});

test('more than one worker on SQLite is wrong usage of the flag', async () => {
  const environment = { COUNTERSIGN_DATABASE_URL: `sqlite:${join(folder, 'test.db')}` };
  const outcome = await runCommand(['serve', '--workers', '2'], { environment });
  expect([outcome.exitCode, outcome.stdout]).toEqual([2, '']);
  expect(outcome.stderr).toMatch(/^countersign: .*--workers.*SQLite.*\.\n$/);
});

test.skipIf(isMissing('redis-server'))(
  'a Redis that refuses the password is told without it, and the server does not start',
  async () => {
    const redis = await privateRedis({ password: 'right' });
    try {
      const url = redis.url.replace('right', 'a-secret-of-redis');
      const outcome = await runProgram(['serve'], settingsWith({ COUNTERSIGN_REDIS_URL: url }));
      expectFailure(outcome, /COUNTERSIGN_REDIS_URL.*WRONGPASS/);
      expect(outcome.stderr).not.toContain('a-secret-of-redis');
    } finally {
      await redis.stop();
    }
  },
);

test('a flag wins over its variable, and one that cannot be used is wrong usage', async () => {
  const outcome = await runCommand(['serve', '--port', 'nonsense'], { environment: { COUNTERSIGN_PORT: '0' } });
  expect([outcome.exitCode, outcome.stdout]).toEqual([2, '']);
  expect(outcome.stderr).toMatch(/^countersign: COUNTERSIGN_PORT .*\.\n$/);
});
