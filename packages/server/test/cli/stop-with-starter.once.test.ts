import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { eventually } from '../harness/eventually.js';
import { collectText, makeTemporaryFolder, newMasterKey, removeFolder } from '../harness/program.js';

const PACKAGE = fileURLToPath(new URL('../../', import.meta.url));

let folder: string;
let started: ChildProcess;

beforeEach(() => {
  folder = makeTemporaryFolder();
});
afterEach(() => {
  // The shells and what they started are one process group.
  if (started.pid !== undefined && isGroupAlive(started.pid)) process.kill(-started.pid, 'SIGKILL');
  removeFolder(folder);
});

function isGroupAlive(group: number): boolean {
  try {
    process.kill(-group, 0);
    return true;
  } catch {
    return false;
  }
}

/** Starts the server by other programs, in a process group of its own, and waits until it serves. */
async function serveBy(command: string, args: readonly string[]): Promise<string> {
  started = spawn(command, args, {
    cwd: folder,
    detached: true,
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      npm_config_offline: 'true',
      npm_config_update_notifier: 'false',
      COUNTERSIGN_DATABASE_URL: `sqlite:${join(folder, 'test.db')}`,
      COUNTERSIGN_MASTER_KEY: newMasterKey(),
      COUNTERSIGN_PORT: '0',
      COUNTERSIGN_LOG_LEVEL: 'warn',
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stdout = collectText(started.stdout);
  await eventually(() => expect(stdout()).toMatch(/listening on/));
  return /(http:\S+)/.exec(stdout())?.[1] ?? '';
}

/** Waits until nobody of the group is left. */
const allEnded = () => eventually(() => expect(isGroupAlive(started.pid ?? 0)).toBe(false));

/** Makes the folder one in which the program is installed. */
function install(): void {
  mkdirSync(join(folder, 'node_modules', '.bin'), { recursive: true });
  symlinkSync(PACKAGE, join(folder, 'node_modules', 'countersign'));
  symlinkSync('../countersign/bin/countersign.js', join(folder, 'node_modules', '.bin', 'countersign'));
  const scripts = { serve: 'true && countersign serve' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'installed', version: '1.0.0', scripts }));
}

test.each<[string, string, readonly string[]]>([
  ['npx', 'npx', ['countersign', 'serve']],
  ['npm run', 'npm', ['run', 'serve']],
])('SIGTERM to %s ends the server, which frees its port', async (_, command, args) => {
  install();
  const url = await serveBy(command, args);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  started.kill('SIGTERM');
  await allEnded();
  await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed');
});

test('an interrupt of a terminal, which all of npx get and npx passes on, ends the server once and in peace', async () => {
  install();
  const bin = join(folder, 'node_modules', '.bin', 'countersign');
  rmSync(bin);
  const program = join(PACKAGE, 'bin', 'countersign.js');
  writeFileSync(bin, `#!/bin/sh\ntrap : INT\n"${process.execPath}" "${program}" "$@"\necho "ended with $?" >ended\n`);
  chmodSync(bin, 0o755);
  await serveBy('npx', ['countersign', 'serve']);
  process.kill(-(started.pid ?? 0), 'SIGINT');
  await allEnded();
  expect(readFileSync(join(folder, 'ended'), 'utf8')).toBe('ended with 0\n');
});

test('SIGTERM to a shell that waits for the server ends it', async () => {
  install();
  await serveBy('sh', ['-c', 'node_modules/.bin/countersign serve; echo over']);
  started.kill('SIGTERM');
  await allEnded();
});

test.each([
  [
    'put it into the background',
    'sh',
    'node_modules/.bin/countersign serve & while [ -e package.json ]; do sleep 0.05; done',
  ],
  ['controls its jobs, as an interactive one does', 'bash', 'set -m; node_modules/.bin/countersign serve & wait'],
])('a shell that %s may end, and the server goes on', async (_, shell, script) => {
  install();
  const url = await serveBy(shell, ['-c', script]);
  const [server] = readFileSync(`/proc/${started.pid}/task/${started.pid}/children`, 'utf8').split(' ');
  const ended = new Promise((resolve) => started.once('exit', resolve));
  started.kill('SIGKILL');
  await ended;
  // Longer than it takes to find out: a few looks.
  for (let look = 0; look < 40; look++) {
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  process.kill(Number(server), 'SIGTERM');
  await allEnded();
});
