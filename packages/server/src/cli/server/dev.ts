import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import type { DemoAccess } from '../../demo/open-demo.js';
import { newMasterKey, type Settings } from '../../settings.js';
import { findSqliteFile } from '../../storage/open-storage.js';
import { refuseUnsafeNode } from '../refuse-unsafe-node.js';
import { MASTER_KEY_FILE } from '../with-storage.js';
import { addServeOptions, readFlaggedSettings, type ServeOptions, serveUntilSignal } from './serve.js';

/** `countersign dev`, contract §6. */
export function devCommand(command: Command): Command {
  return addServeOptions(
    command.description('serve on an embedded database under ./.countersign, with a demo team to play with'),
  ).action(async (options: ServeOptions) => {
    refuseUnsafeNode();
    const settings = devSettings(options);
    await serveUntilSignal(settings, {
      migrate: true,
      onListening: async (server) => {
        const { openDemo } = await import('../../demo/open-demo.js');
        const demo = await openDemo(server.storage, { settings, file: join(folderOf(settings), 'demo.json') });
        process.stdout.write(welcome(server.url, { ...demo, pages: settings.publicUrl ?? server.url }));
      },
    });
  });
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
