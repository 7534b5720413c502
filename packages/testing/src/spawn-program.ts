import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A server in a process of its own. */
export interface SpawnedServer {
  readonly url: string;
  readonly pid: number;
  /** Ends the process, which removes what it kept. */
  stop(): Promise<void>;
}

/** How the program is started. */
export interface SpawnOptions {
  /** Requests a minute and app; 0 is no limit. */
  readonly rateLimit: number;
  /** Settings beside those of `countersign dev`, by the names in docs/settings.md. */
  readonly environment: Readonly<Record<string, string>>;
}

const LISTENING = /^countersign listening on (http:\/\/\S+)$/m;
/** How long an end in good order is waited for, in milliseconds. */
const STOP_MS = 15_000;

/** Starts `countersign dev --ephemeral` on a free port. @throws Error with what the program said where it does not serve */
export async function spawnProgram({ rateLimit, environment }: SpawnOptions): Promise<SpawnedServer> {
  const args = ['dev', '--ephemeral', '--host', '127.0.0.1', '--port', '0', '--rate-limit', String(rateLimit)];
  const child = spawn(process.execPath, [programPath(), ...args], {
    // Settings of whoever runs the tests are not meant for this server.
    env: {
      ...withoutSettings(process.env),
      COUNTERSIGN_AUTH_FAILURE_LIMIT: '0',
      COUNTERSIGN_LOG_LEVEL: 'warn',
      ...environment,
    },
    // By the channel it notices that this process has ended.
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  let stdout = '';
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-10_000);
  });
  const url = await new Promise<string>((resolve, reject) => {
    child.stdout?.setEncoding('utf8').on('data', (text: string) => {
      // What comes later has to be read, too, or the program waits.
      if (stdout.length < 10_000) stdout += text;
      const found = LISTENING.exec(stdout)?.[1];
      if (found !== undefined) resolve(found);
    });
    child.once('error', reject);
    child.once('close', (code) => reject(new Error(`countersign ended with ${code} before it served: ${stderr}`)));
  });
  // A test runner that is done need not wait for a server that nobody stopped: it ends by its channel.
  child.unref();
  child.channel?.unref();
  return {
    url,
    pid: child.pid ?? 0,
    async stop() {
      child.ref();
      child.kill('SIGTERM');
      const kill = setTimeout(() => child.kill('SIGKILL'), STOP_MS);
      await ended;
      clearTimeout(kill);
    },
  };
}

function programPath(): string {
  const folder = dirname(createRequire(import.meta.url).resolve('countersign/package.json'));
  return join(folder, 'bin/countersign.js');
}

function withoutSettings(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(environment).filter(([name]) => !name.startsWith('COUNTERSIGN_')));
}
