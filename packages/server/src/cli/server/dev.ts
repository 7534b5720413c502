import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { DemoAccess } from '../../demo/open-demo.js';
import { isLoopback } from '../../http/is-loopback.js';
import { newMasterKey, type Settings } from '../../settings.js';
import { findSqliteFile } from '../../storage/open-storage.js';
import type { Storage } from '../../storage/storage.js';
import { WrongUsage } from '../command-failure.js';
import { printNote } from '../print.js';
import { refuseUnsafeNode } from '../refuse-unsafe-node.js';
import { MASTER_KEY_FILE } from '../with-storage.js';
import { addServeOptions, readFlaggedSettings, type ServeOptions, serveUntilSignal } from './serve.js';

/** Flags of `dev`. */
interface DevOptions extends ServeOptions {
  readonly ephemeral?: boolean;
}

/** `countersign dev`, contract §6 and §10. */
export function devCommand(command: Command): Command {
  return addServeOptions(
    command.description('serve on an embedded database under ./.countersign, with a demo team to play with'),
  )
    .option('--ephemeral', 'keep nothing: the database is in a temporary folder, which is removed at the end')
    .action(async (options: DevOptions) => {
      refuseUnsafeNode();
      if (options.ephemeral !== true) return serveDev(options);
      if (options.databaseUrl !== undefined) throw new WrongUsage('--ephemeral takes no --database-url.');
      endWithTest();
      const folder = mkdtempSync(join(tmpdir(), 'countersign-'));
      try {
        await serveDev({ ...options, databaseUrl: `sqlite:${join(folder, 'countersign.db')}` });
      } finally {
        rmSync(folder, { recursive: true, force: true });
        if (process.connected) process.disconnect();
      }
    });
}

// A test keeps a channel to the server that it started; where the test has gone without a word, the channel has, too.
function endWithTest(): void {
  if (process.connected) process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}

async function serveDev(options: ServeOptions): Promise<void> {
  const settings = devSettings(options);
  const ready = signalOf();
  const openDemoIn = async (storage: Storage) => {
    const { openDemo } = await import('../../demo/open-demo.js');
    return openDemo(storage, { settings, file: join(folderOf(settings), 'demo.json') });
  };
  const control = {
    file: findSqliteFile(settings.databaseUrl),
    folder: join(tmpdir(), `countersign-snapshots-${randomUUID()}`),
    openDemo: openDemoIn,
    whenReady: () => ready.given,
  };
  await serveUntilSignal(settings, {
    migrate: true,
    // Whoever reaches it may take everything away: it is there for programs on this machine alone.
    control: isLoopback(settings.host) ? control : undefined,
    onListening: async (server) => {
      const demo = await openDemoIn(server.storage);
      ready.give();
      process.stdout.write(welcome(server.url, { ...demo, pages: settings.publicUrl ?? server.url }));
      if (!isLoopback(settings.host)) printNote(`Others may reach ${settings.host}: there is no /_test/ here.`);
    },
  });
}

function signalOf(): { readonly given: Promise<void>; give(): void } {
  let give: () => void = () => undefined;
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return { given, give };
}

function devSettings(options: ServeOptions): Settings {
  const environment = {
    COUNTERSIGN_DEVELOPMENT: 'true',
    COUNTERSIGN_ALLOW_PRIVATE_CALLBACKS: 'true',
    COUNTERSIGN_CORS_ORIGINS: '*',
    ...process.env,
  };
  const settings = readFlaggedSettings(environment, options);
  if (settings.masterKey !== undefined) return settings;
  const key = keptMasterKey(folderOf(settings));
  return readFlaggedSettings({ ...environment, COUNTERSIGN_MASTER_KEY: key }, options);
}

// Beside the database's file; a database on a server has none, and the folder is the usual one.
function folderOf({ databaseUrl }: Settings): string {
  return dirname(findSqliteFile(databaseUrl) ?? join('.countersign', 'master.key'));
}

function keptMasterKey(folder: string): string {
  const file = join(folder, MASTER_KEY_FILE);
  if (existsSync(file)) return readFileSync(file, 'utf8').trim();
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const key = newMasterKey();
  writeFileSync(file, `${key}\n`, { mode: 0o600, flag: 'wx' });
  chmodSync(file, 0o600);
  return key;
}

function welcome(url: string, demo: DemoAccess & { readonly pages: string }): string {
  const body = JSON.stringify({ customer: 'Acme Trading', email: `accounts-${Date.now().toString(36)}@acme.example` });
  return `
  API page    ${url}/docs
  Team        ${demo.workspaceName} (${demo.workspaceId})
  Sign in     ${demo.pages}/account
              as ${demo.email} with the password ${demo.password}

Your credentials. Paste these into a shell:

export COUNTERSIGN_URL=${url}
export COUNTERSIGN_CLIENT_ID=${demo.clientId}
export COUNTERSIGN_CLIENT_SECRET=${demo.clientSecret}
export COUNTERSIGN_ACCESS_TOKEN=${demo.accessToken}

Then create a customer, with countersign:

npx countersign request POST /partners/customers --data '${body}'

or with nothing but curl and openssl:

BODY='${body.replace('accounts-', 'billing-')}'
TIMESTAMP=$(date +%s)
BODY_HASH=$(printf '%s' "$BODY" | openssl dgst -sha256 -r | cut -d' ' -f1)
SIGNATURE=$(printf '%s' "POST:/customers:$TIMESTAMP:$BODY_HASH" | openssl dgst -sha256 -hmac "$COUNTERSIGN_CLIENT_SECRET" -r | cut -d' ' -f1)
curl -i "$COUNTERSIGN_URL/partners/customers" \\
  -H 'content-type: application/json' \\
  -H "x-client-id: $COUNTERSIGN_CLIENT_ID" \\
  -H "x-timestamp: $TIMESTAMP" \\
  -H "x-signature: $SIGNATURE" \\
  -H "authorization: Bearer $COUNTERSIGN_ACCESS_TOKEN" \\
  -d "$BODY"

`;
}
