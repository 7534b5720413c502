import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { findFreePort } from './free-port.js';
import { collectText, makeTemporaryFolder, removeFolder } from './program.js';

/** A Redis of one test, which may end and come back with nothing in it. */
export interface PrivateRedis {
  readonly url: string;
  /** Starts it, on the port that it had before. */
  start(): Promise<void>;
  /** Sends a signal: SIGKILL ends it, SIGSTOP makes it hang with its connections open, SIGCONT lets it go on. */
  signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): Promise<void>;
  /** Runs a command of Redis, such as `KEYS *`, and gives what it prints. */
  command(args: readonly string[]): Promise<string>;
  stop(): Promise<void>;
}

/** Options of a private Redis. */
export interface PrivateRedisOptions {
  /** Whether it runs from the beginning. */
  readonly isStarted?: boolean;
  readonly password?: string;
}

/** A Redis on a free port, which keeps nothing on disk. */
export async function privateRedis({ isStarted = true, password }: PrivateRedisOptions = {}): Promise<PrivateRedis> {
  const folder = makeTemporaryFolder();
  const port = String(await findFreePort());
  let running: ChildProcess | undefined;
  const redis: PrivateRedis = {
    url: `redis://${password === undefined ? '' : `:${password}@`}127.0.0.1:${port}`,
    async start() {
      const auth = password === undefined ? [] : ['--requirepass', password];
      const args = [
        '--port',
        port,
        '--bind',
        '127.0.0.1',
        '--save',
        '',
        '--appendonly',
        'no',
        '--dir',
        folder,
        ...auth,
      ];
      running = startProcess('redis-server', args);
      await says(running, 'Ready to accept connections');
    },
    async signal(signal) {
      const ended = signal === 'SIGKILL' && running !== undefined ? once(running, 'exit') : undefined;
      running?.kill(signal);
      await ended;
    },
    async command(args) {
      const auth = password === undefined ? [] : ['-a', password, '--no-auth-warning'];
      const client = startProcess('redis-cli', ['-p', port, ...auth, ...args]);
      const text = collectText(client.stdout);
      await once(client, 'close');
      return text();
    },
    async stop() {
      if (running?.exitCode === null && running.signalCode === null) await redis.signal('SIGKILL');
      removeFolder(folder);
    },
  };
  if (isStarted) await redis.start();
  return redis;
}

function startProcess(command: string, args: readonly string[]): ChildProcess {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const end = () => child.kill('SIGKILL');
  process.once('exit', end);
  child.once('exit', () => process.off('exit', end));
  return child;
}

function says(child: ChildProcess, sentence: string): Promise<void> {
  const stdout = collectText(child.stdout);
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', () => {
      if (stdout().includes(sentence)) resolve();
    });
    child.once('error', reject);
    child.once('exit', () => reject(new Error(`redis-server ended: ${stdout()}`)));
  });
}
