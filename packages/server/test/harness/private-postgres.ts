import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, chownSync, readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
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
  /** Lets it encrypt with a certificate, from the next connection on. */
  encrypt(certificate: { readonly key: string; readonly cert: string }): Promise<void>;
  /** Puts lines before those that say who may connect how (pg_hba.conf), from the next connection on. */
  admit(lines: readonly string[]): Promise<void>;
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
    async encrypt({ key, cert }) {
      writeOwned(place, 'server.key', key);
      writeOwned(place, 'server.crt', cert);
      await sql('postgres', 'alter system set ssl = on');
      await sql('postgres', 'select pg_reload_conf()');
      await encrypts(place);
    },
    async admit(lines) {
      const file = join(data, 'pg_hba.conf');
      writeFileSync(file, [...lines, readFileSync(file, 'utf8')].join('\n'));
      await sql('postgres', 'select pg_reload_conf()');
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

function writeOwned({ data, owner }: Place, name: string, text: string): void {
  const file = join(data, name);
  writeFileSync(file, text, { mode: 0o600 });
  if (owner.uid !== undefined && owner.gid !== undefined) chownSync(file, owner.uid, owner.gid);
}

// The setting is read when the server comes to it; it says yes to a request for encryption from then on.
async function encrypts({ port }: Place): Promise<void> {
  const REQUEST = Buffer.from('0000000804d2162f', 'hex');
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    socket.write(REQUEST);
    const [answer] = await once(socket, 'data');
    socket.destroy();
    if (String(answer) === 'S') return;
  }
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
