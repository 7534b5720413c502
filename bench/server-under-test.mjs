/** Sets up a database and runs the built server on it, through the program's own commands. */
import { randomBytes } from 'node:crypto';
import { runToEnd, startChild, stopChild, waitForAddress } from './children.mjs';

const COMMAND_TIMEOUT_MS = 120_000;

/**
 * What it takes to speak for the benchmark's app; stored beside a kept database.
 *
 * @typedef {{ masterKey: string, team: string, clientId: string, clientSecret: string }} Credentials
 *
 * @typedef {{ program: string, url: string, masterKey: string }} Installation `url` is the database's
 */

/**
 * Sets an empty database up, with one team and one app.
 *
 * @param {{ program: string, url: string }} place
 * @returns {Promise<Credentials>}
 */
export async function createDatabase({ program, url }) {
  const installation = { program, url, masterKey: randomBytes(32).toString('base64') };
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
 * Starts servers on one database. A caller's `urls` are all of theirs, for load that is spread over them.
 *
 * @param {{ program: string, url: string, credentials: Credentials, processes?: number }} place
 */
export async function startServers({ program, url, credentials, processes = 1 }) {
  const installation = { program, url, masterKey: credentials.masterKey };
  const children = Array.from({ length: processes }, () =>
    startChild(process.execPath, [program, 'serve'], { name: 'countersign serve', env: environment(installation) }),
  );
  const urls = await Promise.all(children.map(waitForAddress));
  return {
    pids: children.map((child) => child.process.pid),
    newCaller: async () => {
      return { ...credentials, url: urls[0], urls, accessToken: await createToken(installation, credentials) };
    },
    stop: () => Promise.all(children.map(stopChild)),
  };
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
function environment({ url, masterKey }) {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('COUNTERSIGN_'));
  return {
    ...Object.fromEntries(inherited),
    NODE_ENV: 'production',
    COUNTERSIGN_MASTER_KEY: masterKey,
    COUNTERSIGN_DATABASE_URL: url,
    COUNTERSIGN_HOST: '127.0.0.1',
    COUNTERSIGN_PORT: '0',
    COUNTERSIGN_RATE_LIMIT: '0',
    // How many processes serve is the benchmark's own to say.
    COUNTERSIGN_WORKERS: '1',
    // Webhooks are received on this machine.
    COUNTERSIGN_ALLOW_PRIVATE_CALLBACKS: 'true',
  };
}
