import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { appendFileSync, chownSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { findFreePort } from './free-port.js';
import { findPostgresOwner, findPostgresPrograms, type PostgresOwner } from './postgres-programs.js';
import { runPostgresSql } from './postgres-sql.js';
import { collectText, makeTemporaryFolder, removeFolder } from './program.js';

const run = promisify(execFile);

/** How a server is stopped: `fast` ends sessions and writes everything back, `immediate` is as if the power went. */
export type StopMode = 'fast' | 'immediate';

const STOP_SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT' } as const;

/** A PostgreSQL server of one test's own, that may be stopped in the middle of it. */
export interface PrivatePostgres {
  readonly port: number;
  /** The URL of a database on it, there or not. */
  urlOf(database: string): string;
  /** Makes a database and gives its URL. */
  createDatabase(name: string): Promise<string>;
  /** Runs SQL on a database; the caller knows what its rows are. */
  sql<R extends object>(database: string, text: string): Promise<R[]>;
  stop(mode: StopMode): Promise<void>;
  start(): Promise<void>;
  /** A streaming replica of it on a port of its own. It is stopped meanwhile, which ends every connection. */
  createReplica(): Promise<PrivatePostgres>;
  /** Stops it and removes everything, replicas too. */
  remove(): Promise<void>;
}

/** Makes and starts a server. */
export async function startPrivatePostgres(): Promise<PrivatePostgres> {
  const place = await newPlace();
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US'];
  await runAs(place, join(findPostgresPrograms(), 'initdb'), [
    ...['--pgdata', place.data, '--username=postgres', '--auth=trust', '--no-sync', ...locale],
  ]);
  configure(place);
  const server = serverAt(place);
  await server.start();
  return server;
}

interface Place {
  readonly folder: string;
  readonly data: string;
  readonly port: number;
  readonly owner: PostgresOwner;
}

async function newPlace(): Promise<Place> {
  const folder = makeTemporaryFolder();
  const owner = findPostgresOwner();
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(folder, owner.uid, owner.gid);
  return { folder, data: join(folder, 'data'), port: await findFreePort(), owner };
}

// What was committed survives a crash as it does in earnest; everything else is made for a short life on a small machine.
function configure({ data, folder, port }: Place): void {
  const settings = [
    `port = ${port}`,
    "listen_addresses = '127.0.0.1'",
    `unix_socket_directories = '${folder}'`,
    'max_connections = 100',
    'shared_buffers = 64MB',
    'checkpoint_timeout = 30min',
    'deadlock_timeout = 200ms',
  ];
  appendFileSync(join(data, 'postgresql.conf'), `${settings.join('\n')}\n`);
}

function serverAt(place: Place): PrivatePostgres {
  const { folder, data, port } = place;
  const urlOf = (database: string) => `postgres://postgres@127.0.0.1:${port}/${database}`;
  const replicas: PrivatePostgres[] = [];
  let running: Running | undefined;

  async function sql<R extends object>(database: string, text: string): Promise<R[]> {
    return asRows<R>(await runPostgresSql(urlOf(database), text));
  }

  const server: PrivatePostgres = {
    port,
    urlOf,
    sql,
    async createDatabase(name) {
      await sql('postgres', `create database ${name}`);
      return urlOf(name);
    },
    async start() {
      running = await serve(place);
    },
    async stop(mode) {
      await running?.end(STOP_SIGNALS[mode]);
    },
    async createReplica() {
      const copy = await newPlace();
      await server.stop('fast');
      await runAs(copy, 'cp', ['-R', data, copy.data]);
      await server.start();
      configure(copy);
      const primary = `host=127.0.0.1 port=${port} user=postgres`;
      appendFileSync(join(copy.data, 'postgresql.conf'), `primary_conninfo = '${primary}'\n`);
      writeFileSync(join(copy.data, 'standby.signal'), '');
      const replica = serverAt(copy);
      await replica.start();
      replicas.push(replica);
      return replica;
    },
    async remove() {
      for (const replica of replicas) await replica.remove();
      await server.stop('immediate');
      removeFolder(folder);
    },
  };
  return server;
}

// The test that wrote the statement says what its rows are; a wrong guess fails there.
function asRows<R extends object>(rows: object[]): R[] {
  return rows as R[];
}

interface Running {
  end(signal: NodeJS.Signals): Promise<void>;
}

async function serve({ folder, data, owner }: Place): Promise<Running> {
  const child = spawn(join(findPostgresPrograms(), 'postgres'), ['-D', data], {
    ...owner,
    cwd: folder,
    env: { PATH: process.env.PATH, LC_ALL: 'C' },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const kill = () => child.kill('SIGQUIT');
  process.once('exit', kill);
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.once('exit', () => process.off('exit', kill));
  await ready(child);
  return {
    end(signal) {
      child.kill(signal);
      return ended;
    },
  };
}

function ready(child: ChildProcess): Promise<void> {
  const log = collectText(child.stderr);
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', () => {
      if (/ready to accept (?:read-only )?connections/.test(log())) resolve();
    });
    child.once('error', reject);
    child.once('close', () => reject(new Error(`PostgreSQL ended before it was ready: ${log()}`)));
  });
}

async function runAs({ owner, folder }: Place, program: string, args: readonly string[]): Promise<void> {
  await run(program, [...args], { ...owner, cwd: folder, env: { PATH: process.env.PATH } });
}
