import { spawn } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { eventually } from './eventually.js';
import { findFreePort } from './free-port.js';
import { findPostgresOwner } from './postgres-programs.js';
import { makeTemporaryFolder, removeFolder } from './program.js';

/** A PgBouncer of one test's own in transaction mode. */
export interface PrivatePgBouncer {
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts a PgBouncer before the server on `target`, with few connections, so that transactions change theirs often. */
export async function startPrivatePgBouncer(target: number): Promise<PrivatePgBouncer> {
  const folder = makeTemporaryFolder();
  chmodSync(folder, 0o755);
  const port = await findFreePort();
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(
    file,
    [
      '[databases]',
      `* = host=127.0.0.1 port=${target} user=postgres`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = any',
      'pool_mode = transaction',
      'default_pool_size = 3',
      'max_client_conn = 200',
      '',
    ].join('\n'),
  );
  const child = spawn('pgbouncer', [file], {
    ...findPostgresOwner(),
    env: { PATH: `${process.env.PATH}:/usr/sbin` },
    stdio: 'ignore',
  });
  const ended = new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve());
  });
  ended.catch(() => undefined);
  await eventually(() => Promise.race([ask(port), ended.then(fail)]));
  return {
    port,
    async stop() {
      child.kill('SIGKILL');
      await ended;
      removeFolder(folder);
    },
  };
}

async function ask(port: number): Promise<void> {
  const client = new pg.Client({ connectionString: `postgres://postgres@127.0.0.1:${port}/postgres` });
  await client.connect();
  await client.end();
}

function fail(): never {
  throw new Error('PgBouncer ended by itself');
}
