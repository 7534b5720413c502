/** Sets up a database and runs the built server on it, through the program's own commands. */
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { runToEnd, startChild, stopChild, waitForAddress } from './children.mjs';

const COMMAND_TIMEOUT_MS = 120_000;

/** Name of the database file; SQLite puts others beside it that start the same. */
export const DATABASE_NAME = 'bench.db';

/**
 * What it takes to speak for the benchmark's app; stored beside a kept database.
 *
 * @typedef {{ masterKey: string, team: string, clientId: string, clientSecret: string }} Credentials
 *
 * @typedef {{ program: string, directory: string, masterKey: string }} Installation
 */

/**
 * Makes an empty database with one team and one app.
 *
 * @param {{ program: string, directory: string }} place
 * @returns {Promise<Credentials>}
 */
export async function createDatabase({ program, directory }) {
  const installation = { program, directory, masterKey: randomBytes(32).toString('base64') };
  await migrate(installation);
  const team = await runJson(installation, ['team', 'create', '--name', 'Bench', '--json']);
  const redirect = ['--redirect-uri', 'http://127.0.0.1/callback'];
  const app = await runJson(installation, ['app', 'create', '--name', 'Bench', ...redirect, '--json']);
  const { clientId, clientSecret } = app;
  return { masterKey: installation.masterKey, team: team.uuid, clientId, clientSecret };
}

/** Brings a database to the program's version. @param {Installation} installation */
export async function migrate(installation) {
  await run(installation, ['migrate']);
}

/**
 * Starts the server and makes a first access token.
 *
 * @param {{ program: string, directory: string, credentials: Credentials }} place
 */
export async function startServer({ program, directory, credentials }) {
  const installation = { program, directory, masterKey: credentials.masterKey };
  const child = startChild(process.execPath, [program, 'serve'], {
    name: 'countersign serve',
    env: environment(installation),
  });
  const url = await waitForAddress(child);
  const newCaller = async () => ({ ...credentials, url, accessToken: await createToken(installation, credentials) });
  return { url, pid: child.process.pid, newCaller, stop: () => stopChild(child) };
}

async function createToken(installation, { clientId, team }) {
  const args = ['token', 'create', '--client-id', clientId, '--team', team, '--json'];
  return (await runJson(installation, args)).accessToken;
}

async function runJson(installation, args) {
  return JSON.parse(await run(installation, args));
}

async function run(installation, args) {
  return await runToEnd(process.execPath, [installation.program, ...args], {
    name: `countersign ${args.slice(0, 2).join(' ')}`,
    timeoutMs: COMMAND_TIMEOUT_MS,
    env: environment(installation),
  });
}

/** The caller's environment without its own Countersign settings, and with the benchmark's. */
function environment({ directory, masterKey }) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('COUNTERSIGN_'));
  return {
    ...Object.fromEntries(inherited),
    NODE_ENV: 'production',
    COUNTERSIGN_MASTER_KEY: masterKey,
    COUNTERSIGN_DATABASE_URL: `sqlite:${join(directory, DATABASE_NAME)}`,
    COUNTERSIGN_HOST: '127.0.0.1',
    COUNTERSIGN_PORT: '0',
    COUNTERSIGN_RATE_LIMIT: '0',
  };
}
