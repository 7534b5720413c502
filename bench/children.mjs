/** Starts the benchmark's child processes and makes sure that none outlives it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
const STDERR_TAIL = 4000;

/** Children that still run. @type {Set<Child>} */
const running = new Set();

/**
 * A started child with the end of what it wrote to standard error.
 *
 * @typedef {{ process: import('node:child_process').ChildProcess, name: string, stderr: () => string }} Child
 */

/**
 * Starts a child; it is stopped by {@link stopChild}, or with all others by {@link stopAllChildren}.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ name: string, env?: NodeJS.ProcessEnv }} options
 * @returns {Child}
 */
export function startChild(command, args, { name, env = process.env }) {
  const started = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  let tail = '';
  started.stderr.on('data', (chunk) => {
    tail = (tail + chunk).slice(-STDERR_TAIL);
  });
  started.on('error', (error) => {
    tail += error.message;
  });
  started.stdin.on('error', () => {});
  const child = { process: started, name, stderr: () => tail };
  running.add(child);
  started.once('close', () => running.delete(child));
  return child;
}

/**
 * Waits for the line `… listening on http://HOST:PORT` and gives the address.
 *
 * @param {Child} child
 * @returns {Promise<string>}
 */
export async function waitForAddress(child) {
  const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
  const lines = createInterface({ input: child.process.stdout });
  const ended = once(child.process, 'close', { signal: timeout }).then(
    () => fail(child, 'ended before it listened'),
    (error) =>
      error.name === 'AbortError' ? fail(child, 'did not listen within a minute') : fail(child, error.message),
  );
  const line = new Promise((resolve) => lines.once('line', resolve));
  const first = await Promise.race([line, ended]);
  ended.catch(() => {});
  lines.on('line', () => {});
  const address = /listening on (http:\/\/\S+)$/.exec(first)?.[1];
  return address ?? fail(child, `wrote another first line: ${first}`);
}

/**
 * Runs a command to its end and gives its standard output.
 *
 * @param {string} command
 * @param {string[]} args
 * @param {{ name: string, timeoutMs: number, env?: NodeJS.ProcessEnv, onStart?: (pid: number) => void }} options
 */
export async function runToEnd(command, args, { name, timeoutMs, env, onStart }) {
  const child = startChild(command, args, { name, env });
  child.process.stdin.end();
  let output = '';
  child.process.stdout.on('data', (chunk) => {
    output += chunk;
  });
  if (child.process.pid !== undefined) onStart?.(child.process.pid);
  const timer = setTimeout(() => child.process.kill('SIGKILL'), timeoutMs);
  try {
    const [code] = await once(child.process, 'close');
    if (code !== 0) fail(child, `ended with status ${code}\n${output}`);
    return output;
  } finally {
    clearTimeout(timer);
  }
}

/** Ends a child: politely first, by force after 15 s. @param {Child} child */
export async function stopChild(child) {
  if (!running.has(child)) return;
  const closed = once(child.process, 'close');
  child.process.kill('SIGTERM');
  const timer = setTimeout(() => child.process.kill('SIGKILL'), STOP_TIMEOUT_MS);
  await closed;
  clearTimeout(timer);
}

/** Ends every child that still runs. */
export async function stopAllChildren() {
  await Promise.all([...running].map(stopChild));
}

/** Ends every child by force and waits until the system has let go of them. */
export async function killAllChildren() {
  const closed = [...running].map((child) => once(child.process, 'close'));
  for (const child of running) child.process.kill('SIGKILL');
  await Promise.all(closed);
}

function fail(child, what) {
  throw new Error(`${child.name} ${what}\n${child.stderr()}`.trimEnd());
}
