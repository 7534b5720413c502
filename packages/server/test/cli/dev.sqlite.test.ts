import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createCaller } from '../harness/caller.js';
import { smallCustomer } from '../harness/customers.js';
import { eventually } from '../harness/eventually.js';
import { collectText, makeTemporaryFolder, removeFolder, runProgram, spawnProgram } from '../harness/program.js';
import { webPerson } from '../harness/web-person.js';

let folder: string;

beforeEach(() => {
  folder = makeTemporaryFolder();
});
afterEach(() => removeFolder(folder));

/** Starts `countersign dev` in the test's folder and waits for its whole welcome. */
async function startDev() {
  const child = spawnProgram(['dev', '--port', '0'], { folder });
  const [stdout, stderr] = [collectText(child.stdout), collectText(child.stderr)];
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  await eventually(() => expect(stdout(), stderr()).toMatch(/curl -i[\s\S]*-d "\$BODY"/));
  const exported = (name: string) => new RegExp(`^export ${name}=(\\S+)$`, 'm').exec(stdout())?.[1] ?? '';
  const caller = createCaller({
    url: exported('COUNTERSIGN_URL'),
    app: { clientId: exported('COUNTERSIGN_CLIENT_ID'), clientSecret: exported('COUNTERSIGN_CLIENT_SECRET') },
    team: { uuid: '', name: '' },
    accessToken: exported('COUNTERSIGN_ACCESS_TOKEN'),
  });
  const stop = () => {
    child.kill('SIGTERM');
    return ended;
  };
  return { stdout: stdout(), caller, stop };
}

test('dev serves a demo team whose printed credentials work, and keeps both for the next start', async () => {
  const first = await startDev();
  expect(first.stdout).toMatch(/^countersign listening on http:\/\/127\.0\.0\.1:\d+\n/);
  const [, email = '', password = ''] = /as (\S+) with the password (\S+)/.exec(first.stdout) ?? [];
  expect((await webPerson(first.caller.url).signIn(email, password)).location).toBe('/account');
  const { pagination } = (await first.caller.get('/customers')).data;
  expect(pagination.total).toBeGreaterThan(50);
  const { customer } = (await first.caller.post('/customers', smallCustomer())).data;
  const explained = await first.caller.get('/customers', { headers: { 'x-signature': '0'.repeat(64) } });
  expect(explained.body.details).toHaveProperty('baseString');
  for (const file of ['master.key', 'demo.json']) {
    expect(statSync(join(folder, '.countersign', file)).mode & 0o077).toBe(0);
  }

  const team = await runProgram(['app', 'create', '--name', 'x', '--redirect-uri', 'https://x.example/cb', '--json'], {
    folder,
  });
  expect([team.exitCode, JSON.parse(team.stdout)]).toMatchObject([0, { clientId: expect.any(String) }]);
  expect(await first.stop()).toBe(0);

  const second = await startDev();
  expect(second.caller.app).toEqual(first.caller.app);
  expect((await second.caller.get(`/customers/${customer.uuid}`)).data.customer).toEqual(customer);
  expect((await second.caller.get('/customers')).data.pagination.total).toBe(pagination.total + 1);
  expect(await second.stop()).toBe(0);
});
