import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Caller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { expectWrongUsage } from '../harness/expect-wrong-usage.js';
import { runCommand } from '../harness/run-command.js';
import { startServer, type TestServer } from '../harness/server.js';

let server: TestServer;
let caller: Caller;

beforeAll(async () => {
  server = await startServer();
  caller = await server.createCaller();
});
afterAll(() => server.stop());

describe('request', () => {
  const run = (args: readonly string[], input: string | Uint8Array = '') =>
    runCommand(['request', ...args], {
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

  /** A body from a file and from standard input: what comes back of both. */
  const sendBoth = (bytes: Uint8Array) => {
    const file = join(server.folder, 'body.json');
    writeFileSync(file, bytes);
    return Promise.all([
      run(['POST', '/customers', '--data', `@${file}`]),
      run(['POST', '/customers', '--data', '-'], bytes),
    ]);
  };

  test.each<[string, string, RegExp]>([
    ['Latin-1', '7b22637573746f6d6572223a0a224dfc6c6c6572227d', /byte 16 \(line 2\) is 0xFC/],
    ['UTF-16', 'fffe7b00', /byte 1 \(line 1\) is 0xFF/],
    ['a surrogate', '22eda080 22'.replace(' ', ''), /byte 3 \(line 1\)/],
    ['an overlong slash', '22c0af22', /byte 2 \(line 1\) is 0xC0/],
    ['a character cut in two', '22c3', /byte 2 \(line 1\) is 0xC3/],
  ])('a file or input that is not UTF-8 is not sent: %s', async (_, hex, place) => {
    const count = async () => (await caller.get('/customers')).data.pagination.total;
    const before = await count();
    for (const outcome of await sendBoth(Buffer.from(hex, 'hex'))) {
      expectWrongUsage(outcome);
      expect(outcome.stderr).toMatch(place);
      expect(outcome.stderr.split('\n')).toHaveLength(2);
    }
    expect(await count()).toBe(before);
  });

  test('a byte order mark is passed over, and every other byte is sent as it is', async () => {
    const odd = 'x\u{feff}\u{fffd} \r\n\t';
    const input = { customer: odd, email: smallCustomer().email, notes: odd };
    const bytes = Buffer.concat([Buffer.from('efbbbf', 'hex'), Buffer.from(JSON.stringify(input))]);
    const [fromFile, fromInput] = await sendBoth(bytes);
    const first = [fromFile, fromInput].find(({ exitCode }) => exitCode === 0);
    // Both are the same create: one makes the customer, and the other finds it made.
    expect([fromFile.stderr, fromInput.stderr].sort()).toEqual(['HTTP 201\n', expect.stringMatching(/^HTTP 4\d\d\n$/)]);
    expect(JSON.parse(first?.stdout ?? '')).toMatchObject({ data: { customer: { notes: odd } } });
    const { email } = smallCustomer();
    const asArgument = await run([
      'POST',
      '/customers',
      '--data',
      `\u{feff}${JSON.stringify({ customer: 'x', email })}`,
    ]);
    expect(asArgument.stderr).toBe('HTTP 201\n');
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
    const noServer = await runCommand(['request', 'GET', '/customers'], { environment });
    expect([noServer.exitCode, noServer.stdout, noServer.stderr.trim().split('\n').length]).toEqual([1, '', 1]);
    const noSecret = await runCommand(['request', 'GET', '/customers'], {
      environment: { ...environment, COUNTERSIGN_CLIENT_SECRET: '' },
    });
    expect([noSecret.exitCode, noSecret.stdout]).toEqual([1, '']);
    expect(noSecret.stderr).toContain('COUNTERSIGN_CLIENT_SECRET');
  });
});
