import { statement } from '../storage/statement.js';
import type { Command, Reader, Transaction } from '../storage/storage.js';

/** A partner app, which signs requests; the contract calls it client. */
export interface App {
  readonly id: number;
  readonly clientId: string;
  readonly name: string;
  /** Requests a minute; null takes the server's setting, 0 is no limit. */
  readonly rateLimit: number | null;
  readonly isDisabled: boolean;
  /** Live secrets under the master key, oldest first; two while a secret is rotated. */
  readonly encryptedSecrets: readonly string[];
}

/** Most secrets of an app that are live at once, contract §1.1. */
const LIVE_SECRETS = 2;

const findApp = statement<{ clientId: string }>()(({ db, param }) =>
  db
    .selectFrom('apps')
    .select(['id', 'client_id', 'name', 'rate_limit', 'disabled_at'])
    .where('client_id', '=', param('clientId')),
);

const findSecrets = statement<{ appId: number }>()(({ db, param }) =>
  db.selectFrom('app_secrets').select(['id', 'encrypted_secret']).where('app_id', '=', param('appId')).orderBy('id'),
);

const listClientIds = statement<Record<never, never>>()(({ db }) =>
  db.selectFrom('apps').select('client_id').where('disabled_at', 'is', null).orderBy('id').limit(100),
);

const oneSecret = statement<Record<never, never>>()(({ db }) =>
  db
    .selectFrom('app_secrets as secret')
    .innerJoin('apps as app', 'app.id', 'secret.app_id')
    .select(['app.client_id', 'secret.encrypted_secret'])
    .orderBy('secret.id', 'desc')
    .limit(1),
);

const insertApp = statement<{ clientId: string; name: string; rateLimit: number | null; now: number }>()(
  ({ db, param }) =>
    db.insertInto('apps').values({
      client_id: param('clientId'),
      name: param('name'),
      rate_limit: param('rateLimit'),
      created_at: param('now'),
    }),
);

const insertRedirectUri = statement<{ appId: number; uri: string }>()(({ db, param }) =>
  db
    .insertInto('app_redirect_uris')
    .values({ app_id: param('appId'), uri: param('uri') })
    .onConflict((conflict) => conflict.doNothing()),
);

const insertSecret = statement<{ appId: number; encryptedSecret: string; now: number }>()(({ db, param }) =>
  db
    .insertInto('app_secrets')
    .values({ app_id: param('appId'), encrypted_secret: param('encryptedSecret'), created_at: param('now') }),
);

const deleteSecretsBefore = statement<{ appId: number; id: number }>()(({ db, param }) =>
  db.deleteFrom('app_secrets').where('app_id', '=', param('appId')).where('id', '<', param('id')),
);

/** The app of a client id, or undefined. */
export async function findAppByClientId(reader: Reader, clientId: string): Promise<App | undefined> {
  const row = await reader.first(findApp, { clientId });
  if (row === undefined) return undefined;
  const secrets = await reader.all(findSecrets, { appId: row.id });
  return {
    id: row.id,
    clientId: row.client_id,
    name: row.name,
    rateLimit: row.rate_limit,
    isDisabled: row.disabled_at !== null,
    encryptedSecrets: secrets.map((secret) => secret.encrypted_secret),
  };
}

/** Client ids of up to 100 apps that are not disabled. */
export async function listActiveClientIds(reader: Reader): Promise<string[]> {
  return (await reader.all(listClientIds, {})).map((row) => row.client_id);
}

/** The newest secret of all with its app's client id, to try a master key on; undefined when there is none. */
export async function findNewestSecret(
  reader: Reader,
): Promise<{ readonly clientId: string; readonly encryptedSecret: string } | undefined> {
  const row = await reader.first(oneSecret, {});
  return row === undefined ? undefined : { clientId: row.client_id, encryptedSecret: row.encrypted_secret };
}

/** An app to store. */
export interface CreateApp {
  readonly clientId: string;
  readonly name: string;
  readonly rateLimit: number | null;
  readonly redirectUris: readonly string[];
  readonly encryptedSecret: string;
}

/** Stores a new app with its first secret. */
export const createApp: Command<CreateApp, void> = {
  name: 'create-app',
  run: async (tx, { clientId, name, rateLimit, redirectUris, encryptedSecret }) => {
    const now = Date.now();
    await tx.run(insertApp, { clientId, name, rateLimit, now });
    const app = await getApp(tx, clientId);
    for (const uri of redirectUris) await tx.run(insertRedirectUri, { appId: app.id, uri });
    await tx.run(insertSecret, { appId: app.id, encryptedSecret, now });
  },
};

/** A second live secret for an app, or the end of all but the newest one. */
export type RotateSecret =
  | { readonly clientId: string; readonly encryptedSecret: string }
  | { readonly clientId: string; readonly retireOld: true };

/** How a rotation ended. */
export type RotationOutcome = 'rotated' | 'retired' | 'too_many_secrets' | 'nothing_to_retire' | 'no_such_app';

/** Adds a second live secret to an app, or ends its older one, contract §6. */
export const rotateAppSecret: Command<RotateSecret, RotationOutcome> = {
  name: 'rotate-app-secret',
  run: async (tx, request) => {
    const app = await tx.first(findApp, { clientId: request.clientId });
    if (app === undefined) return 'no_such_app';
    const secrets = await tx.all(findSecrets, { appId: app.id });
    if ('retireOld' in request) {
      const newest = secrets.at(-1);
      if (newest === undefined || secrets.length < LIVE_SECRETS) return 'nothing_to_retire';
      await tx.run(deleteSecretsBefore, { appId: app.id, id: newest.id });
      return 'retired';
    }
    if (secrets.length >= LIVE_SECRETS) return 'too_many_secrets';
    await tx.run(insertSecret, { appId: app.id, encryptedSecret: request.encryptedSecret, now: Date.now() });
    return 'rotated';
  },
};

async function getApp(tx: Transaction, clientId: string): Promise<{ id: number }> {
  const app = await tx.first(findApp, { clientId });
  if (app === undefined) throw new Error('an app was stored and is not found');
  return app;
}
