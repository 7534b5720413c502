import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectWrongUsage } from '../harness/expect-wrong-usage.js';
import { makeTemporaryFolder, removeFolder, spawnProgram } from '../harness/program.js';
import { runCommand } from '../harness/run-command.js';

const PROGRAM = fileURLToPath(new URL('../../bin/countersign.js', import.meta.url));

let folder: string;
beforeAll(() => {
  folder = makeTemporaryFolder();
});
afterAll(() => removeFolder(folder));

const database = () => ({ COUNTERSIGN_DATABASE_URL: `sqlite:${join(folder, 'a.db')}` });

test('an argument that is not UTF-8 is wrong usage, and nothing is stored', async () => {
  // The bytes go through a shell, since Node starts programs with text alone.
  const script = `"${process.execPath}" "${PROGRAM}" team create --json --name "$(printf 'M\\374ller')"`;
  const env = { PATH: process.env.PATH, ...database() };
  const [code, stdout, stderr] = await new Promise<[unknown, string, string]>((resolve) => {
    execFile('sh', ['-c', script], { env }, (error, out, errors) => resolve([error?.code, out, errors]));
  });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(/^countersign: The argument .* is not UTF-8; nothing was done\.\n$/);
});

describe('a password on standard input', () => {
  const create = (team: string, email: string, input: string | Uint8Array) =>
    runCommand(['user', 'create', '--email', email, '--team', team, '--password-stdin', '--json'], {
      environment: database(),
      input,
    });

  test('is the same with a byte order mark and with the ends of lines of any system', async () => {
    const made = await runCommand(['team', 'create', '--name', 'T', '--json'], { environment: database() });
    const { uuid }: { uuid: string } = JSON.parse(made.stdout);
    const other = await runCommand(['team', 'create', '--name', 'U', '--json'], { environment: database() });
    const { uuid: next }: { uuid: string } = JSON.parse(other.stdout);
    expect((await create(uuid, 'bom@acme.example', '\u{feff}correct horse battery\r\n')).exitCode).toBe(0);
    // Whoever exists joins another team with the same password alone.
    expect((await create(next, 'bom@acme.example', 'correct horse battery\n')).exitCode).toBe(0);
  });

  test('that is not UTF-8 is wrong usage', async () => {
    const team = '00000000-0000-4000-8000-000000000000';
    const outcome = await create(team, 'latin@acme.example', Buffer.from('correct h\xf6rse battery', 'latin1'));
    expectWrongUsage(outcome);
    expect(outcome.stderr).toMatch(/Standard input is not UTF-8: byte 10/);
    expect(outcome.stderr).not.toContain('correct');
  });
});

describe.skipIf(process.platform !== 'linux')('a secret in an argument', () => {
  test('is taken out of what others see, with a word on where it belongs', async () => {
    const url = 'postgres://someone:a-secret@127.0.0.1:1/nowhere';
    const team = '00000000-0000-4000-8000-000000000000';
    const person = ['--email', 'e@acme.example', '--team', team, '--password-stdin'];
    // It waits for its input meanwhile.
    const child = spawnProgram(['user', 'create', ...person, '--database-url', url]);
    const [told] = await once(child.stderr ?? child, 'data');
    const seen = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8');
    child.kill('SIGKILL');
    expect(String(told)).toMatch(/^countersign: .* set COUNTERSIGN_DATABASE_URL instead\.\n$/);
    expect(seen).toMatch(/user create .*--database-url \*\*\*/);
    expect(`${seen}${told}`).not.toContain('a-secret');
  });

  test('is told of for every option that takes one', async () => {
    const url = 'postgres://someone:a-secret@127.0.0.1:1/nowhere';
    const moved = await runCommand(['migrate-data', `--from=${url}`, '--to', url]);
    expect(moved.stderr).toMatch(/COUNTERSIGN_FROM_DATABASE_URL instead[\s\S]*COUNTERSIGN_TO_DATABASE_URL instead/);
    expect(moved.stderr).not.toContain('a-secret');
    const listened = await runCommand(['listen', '--forward-to', 'http://x.example', '--secret', 'a-secret']);
    expect(listened.stderr).toContain('COUNTERSIGN_LISTEN_SECRET');
    expect(listened.stderr).not.toContain('a-secret');
    const quiet = await runCommand(['app', 'list', '--database-url', `sqlite:${join(folder, 'b.db')}`, '--json']);
    expect([quiet.exitCode, quiet.stderr]).toEqual([0, '']);
    rmSync(join(folder, 'b.db'));
  });
});

test('migrate-data takes its databases from variables', async () => {
  const outcome = await runCommand(['migrate-data', '--json'], {
    environment: {
      COUNTERSIGN_FROM_DATABASE_URL: `sqlite:${join(folder, 'none.db')}`,
      COUNTERSIGN_TO_DATABASE_URL: `sqlite:${join(folder, 'to.db')}`,
    },
  });
  expect(outcome.exitCode).toBe(1);
  expect(outcome.stderr).toContain('none.db');
  expectWrongUsage(await runCommand(['migrate-data', '--from', 'sqlite:./x.db']));
});
