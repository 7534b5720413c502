import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../bin/countersign.js', import.meta.url));
/** The same from modules that are files of their own, which can be changed before it runs. */
const LOOSE_PROGRAM = fileURLToPath(new URL('loose-program.mjs', import.meta.url));

/** Settings under which the program runs as the next version, whose schema is one step further. */
export const NEXT_VERSION: Environment = {
  NODE_OPTIONS: `--import=${fileURLToPath(new URL('next-migration.mjs', import.meta.url))}`,
};

/** Runs what follows as the same user and without capabilities (util-linux). */
const WITHOUT_RIGHTS = ['setpriv', '--bounding-set=-all', '--inh-caps=-all'];

/** Variables of a program's environment; undefined unsets one. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** How the program is run. */
export interface RunOptions {
  readonly environment?: Environment;
  /** Sent to standard input, which is then closed. */
  readonly input?: string | Uint8Array;
  readonly folder?: string;
  /** Root may write to what is read-only; this takes that right away from the program. */
  readonly isUnprivileged?: boolean;
  /** Files and sockets that the program may have open (util-linux). */
  readonly descriptors?: number | undefined;
}

/** What a command that has ended left behind. */
export interface Outcome {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts `countersign` with these arguments; of the surrounding environment it gets only what a program needs. */
export function spawnProgram(args: readonly string[], options: RunOptions = {}): ChildProcess {
  const { environment = {}, folder, isUnprivileged = false, descriptors } = options;
  const withoutRights = isUnprivileged && process.getuid?.() === 0 ? WITHOUT_RIGHTS : [];
  const withFewFiles = descriptors === undefined ? [] : ['prlimit', `--nofile=${descriptors}`];
  const [command = '', ...before] = [...withoutRights, ...withFewFiles, process.execPath];
  const child = spawn(command, [...before, environment.NODE_OPTIONS === undefined ? PROGRAM : LOOSE_PROGRAM, ...args], {
    env: { PATH: process.env.PATH, ...environment },
    stdio: 'pipe',
    ...(folder === undefined ? {} : { cwd: folder }),
  });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  return child;
}

/** Runs `countersign` with these arguments until it ends. */
export function runProgram(args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  const child = spawnProgram(args, options);
  child.stdin?.end(options.input ?? '');
  const stdout = collectText(child.stdout);
  const stderr = collectText(child.stderr);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, stdout: stdout(), stderr: stderr() }));
  });
}

/** Collects what a stream says; gives all of it so far. */
export function collectText(stream: NodeJS.ReadableStream | null): () => string {
  const chunks: Buffer[] = [];
  stream?.on('data', (chunk: Buffer) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

/** A new, empty folder that only this test uses. */
export function makeTemporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'countersign-test-'));
}

/** Removes a folder with everything in it. */
export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
}

/** A random master key, as the setting takes it. */
export function newMasterKey(): string {
  return randomBytes(32).toString('base64');
}
