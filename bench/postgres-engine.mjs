/** The benchmark's databases in PostgreSQL: each one of its own on a server that is there already. */
import { createHash, randomBytes } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { isIP } from 'node:net';
import pg from 'pg';
import { parentPid } from './process-usage.mjs';

/** What the report tells of the server, since creates depend on it. */
const SETTINGS = ['shared_buffers', 'max_wal_size', 'synchronous_commit', 'fsync'];

/**
 * Databases on the server of a URL, made and dropped through the database that the URL names.
 *
 * @param {{ url: string }} server
 * @returns {Promise<import('./sqlite-engine.mjs').Engine>}
 */
export async function postgresEngine({ url }) {
  const made = new Set();
  const server = { url, made };
  const { version, settings, pid } = await describeServer(url);
  const list = Object.entries(settings).map(([name, value]) => `${name} ${value}`);
  return {
    name: 'postgres',
    recordName: 'bench-postgres.json',
    description: `PostgreSQL ${version} at ${new URL(url).host}, ${list.join(', ')}`,
    isDurable: settings.fsync === 'on' && settings.synchronous_commit !== 'off',
    pid,
    newDatabase: async () => {
      const created = database(server, newName(made));
      await created.clear();
      return created;
    },
    keptDatabase: (directory) => database(server, keptName(directory)),
    close: async () => {
      for (const name of made) await database(server, name).remove();
    },
  };
}

/**
 * Does something with a connection to a database.
 *
 * @template T
 * @param {string} url
 * @param {(client: import('pg').Client) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withClient(url, work) {
  const client = new pg.Client({ connectionString: url, application_name: 'countersign-bench' });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** @returns {import('./sqlite-engine.mjs').Database} */
function database(server, name) {
  const url = urlOf(server.url, name);
  const command = (text) => withClient(server.url, (client) => client.query(text));
  return {
    url,
    exists: async () => {
      const { rowCount } = await withClient(server.url, (client) =>
        client.query('select 1 from pg_database where datname = $1', [name]),
      );
      return rowCount === 1;
    },
    clear: async () => {
      await command(`drop database if exists ${name} with (force)`);
      await command(`create database ${name} template template0 encoding 'UTF8'`);
    },
    copy: async () => {
      const target = newName(server.made);
      await command(`create database ${target} template ${name} strategy file_copy`);
      return database(server, target);
    },
    // Statistics and the visibility map, which the server would see to in the minutes after; and no checkpoint's debts.
    settle: async () => {
      await withClient(url, (client) => client.query('vacuum (analyze) customers'));
      await command('checkpoint');
    },
    bytes: async () => {
      const { rows } = await command(`select pg_database_size('${name}')::float8 as bytes`);
      return rows[0].bytes;
    },
    remove: async () => {
      server.made.delete(name);
      await command(`drop database if exists ${name} with (force)`);
    },
  };
}

async function describeServer(url) {
  return await withClient(url, async (client) => {
    const { rows } = await client.query('select name, setting, unit from pg_settings where name = any($1)', [SETTINGS]);
    const settings = Object.fromEntries(rows.map(({ name, setting, unit }) => [name, readable(setting, unit)]));
    const about = await client.query(
      "select current_setting('server_version') as version, pg_backend_pid() as pid, inet_server_addr() as address",
    );
    const { version, pid, address } = about.rows[0];
    return { version: version.split(' ')[0], settings, pid: isHere(address) ? parentPid(pid) : undefined };
  });
}

/** Whether an address of the server is one of this machine, so that its processes can be looked at. */
function isHere(address) {
  return address === null || (isIP(address) === 4 && address.startsWith('127.')) || address === '::1';
}

function readable(setting, unit) {
  const kilobytes = { kB: 1, '8kB': 8, MB: 1024 }[unit];
  return kilobytes === undefined ? setting : `${(Number(setting) * kilobytes) / 1024} MiB`;
}

function newName(made) {
  const name = `countersign_bench_${randomBytes(6).toString('hex')}`;
  made.add(name);
  return name;
}

/** The same for the same folder, so that a later run finds it again. */
function keptName(directory) {
  return `countersign_bench_kept_${createHash('sha256').update(realpathSync(directory)).digest('hex').slice(0, 12)}`;
}

function urlOf(serverUrl, name) {
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}
