import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

const HOST = fileURLToPath(new URL('command-host.mjs', import.meta.url));

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the process that runs commands is. */
    readonly commandHost: string;
  }
}

/** Starts the process that makes teams, apps and tokens for tests, and ends it after them. Vitest calls this once. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const host = spawn(process.execPath, ['--expose-gc', HOST], {
    env: { PATH: process.env.PATH },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const [url] = await once(host.stdout, 'data');
  project.provide('commandHost', String(url).trim());
  return async () => {
    host.stdin.end();
    await once(host, 'close');
  };
}
