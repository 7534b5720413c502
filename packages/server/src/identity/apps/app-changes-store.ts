import { appendAudit, type Origin } from '../../audit/audit-store.js';
import { currentTime } from '../../clock.js';
import { statement } from '../../storage/statement.js';
import { command, type Transaction } from '../../storage/storage.js';
import { type App, type AppStatus, findAppByClientId } from './app-store.js';

/** Most secrets of an app that are live at once, contract §1.1. */
const LIVE_SECRETS = 2;

const insertApp = statement<{ clientId: string; name: string; rateLimit: number | null; now: number }>()(
  ({ db, param }) =>
    db
      .insertInto('apps')
      .values({
        client_id: param('clientId'),
        name: param('name'),
        rate_limit: param('rateLimit'),
        created_at: param('now'),
      })
      .returning('id'),
);

const setApp = statement<{ appId: number; name: string; rateLimit: number | null }>()(({ db, param }) =>
  db
    .updateTable('apps')
    .set({ name: param('name'), rate_limit: param('rateLimit') })
    .where('id', '=', param('appId')),
);

const setDisabled = statement<{ appId: number; disabledAt: number | null }>()(({ db, param }) =>
  db
    .updateTable('apps')
    .set({ disabled_at: param('disabledAt') })
    .where('id', '=', param('appId')),
);

const setDeleted = statement<{ appId: number; now: number }>()(({ db, param }) =>
  db
    .updateTable('apps')
    .set((row) => ({ deleted_at: param('now'), disabled_at: row.fn.coalesce('disabled_at', param('now')) }))
    .where('id', '=', param('appId')),
);

const insertRedirectUri = statement<{ appId: number; uri: string }>()(({ db, param }) =>
  db
    .insertInto('app_redirect_uris')
    .values({ app_id: param('appId'), uri: param('uri') })
    .onConflict((conflict) => conflict.doNothing()),
);

const deleteRedirectUri = statement<{ appId: number; uri: string }>()(({ db, param }) =>
  db.deleteFrom('app_redirect_uris').where('app_id', '=', param('appId')).where('uri', '=', param('uri')),
);

const deleteRedirectUris = statement<{ appId: number }>()(({ db, param }) =>
  db.deleteFrom('app_redirect_uris').where('app_id', '=', param('appId')),
);

const insertSecret = statement<{ appId: number; encryptedSecret: string; now: number }>()(({ db, param }) =>
  db
    .insertInto('app_secrets')
    .values({ app_id: param('appId'), encrypted_secret: param('encryptedSecret'), created_at: param('now') }),
);

const deleteOldSecrets = statement<{ appId: number }>()(({ db, param }) =>
  db
    .deleteFrom('app_secrets')
    .where('app_id', '=', param('appId'))
    .where('id', '<', (row) =>
      row
        .selectFrom('app_secrets as newer')
        .select(({ fn }) => fn.max('newer.id').as('newest'))
        .where('newer.app_id', '=', param('appId')),
    ),
);

const deleteSecrets = statement<{ appId: number }>()(({ db, param }) =>
  db.deleteFrom('app_secrets').where('app_id', '=', param('appId')),
);

const deleteCodes = statement<{ appId: number }>()(({ db, param }) =>
  db.deleteFrom('authorization_codes').where('app_id', '=', param('appId')),
);

const revokeGrants = statement<{ appId: number; now: number }>()(({ db, param }) =>
  db
    .updateTable('token_grants')
    .set({ revoked_at: param('now') })
    .where('app_id', '=', param('appId'))
    .where('revoked_at', 'is', null),
);

/** An app to store. */
export interface CreateApp {
  readonly clientId: string;
  readonly name: string;
  readonly rateLimit: number | null;
  readonly redirectUris: readonly string[];
  readonly encryptedSecret: string;
  readonly origin: Origin;
}

/** Stores a new app with its first secret. */
export const createApp = command<CreateApp, void>({
  name: 'create-app',
  run: async (tx, { clientId, name, rateLimit, redirectUris, encryptedSecret, origin }) => {
    const now = currentTime();
    const app = await tx.first(insertApp, { clientId, name, rateLimit, now });
    if (app === undefined) throw new Error('an app was stored and has no id');
    for (const uri of redirectUris) await tx.run(insertRedirectUri, { appId: app.id, uri });
    await tx.run(insertSecret, { appId: app.id, encryptedSecret, now });
    await appendAudit(tx, 'app.created', { origin, appId: app.id });
  },
});

/** What of an app's redirect URIs changes: all of them, or some that come and go. */
export type RedirectUriChange =
  | { readonly replacement: readonly string[] }
  | { readonly added: readonly string[]; readonly removed: readonly string[] };

/** Changes to an app; what is left out stays. */
export interface UpdateApp {
  readonly clientId: string;
  readonly name?: string | undefined;
  readonly rateLimit?: number | null | undefined;
  readonly redirectUris?: RedirectUriChange | undefined;
  readonly origin: Origin;
}

/** How a change of an app ended; nothing is stored when it was refused. */
export type UpdateOutcome = 'updated' | 'no_such_app' | 'no_such_redirect_uri' | 'no_redirect_uri_left';

/** Changes an app's name, rate limit and redirect URIs, of which one must remain. */
export const updateApp = command<UpdateApp, UpdateOutcome>({
  name: 'update-app',
  run: async (tx, { clientId, name, rateLimit, redirectUris, origin }) => {
    const app = await findAppByClientId(tx, clientId);
    if (app === undefined) return 'no_such_app';
    const uris = redirectUris === undefined ? app.redirectUris : changedRedirectUris(app, redirectUris);
    if (uris === undefined) return 'no_such_redirect_uri';
    if (uris.length === 0) return 'no_redirect_uri_left';
    await tx.run(setApp, {
      appId: app.id,
      name: name ?? app.name,
      rateLimit: rateLimit === undefined ? app.rateLimit : rateLimit,
    });
    await storeRedirectUris(tx, app, uris);
    await appendAudit(tx, 'app.updated', { origin, appId: app.id });
    return 'updated';
  },
});

/** Whether an app's requests are to be answered. */
export interface SetAppStatus {
  readonly clientId: string;
  readonly status: AppStatus;
  readonly origin: Origin;
}

/** Disables or enables an app; its tokens stay, and work again with it. Nothing happens where it is so already. */
export const setAppStatus = command<SetAppStatus, 'set' | 'no_such_app'>({
  name: 'set-app-status',
  run: async (tx, { clientId, status, origin }) => {
    const app = await findAppByClientId(tx, clientId);
    if (app === undefined) return 'no_such_app';
    const isDisabling = status === 'disabled';
    if (app.isDisabled === isDisabling) return 'set';
    await tx.run(setDisabled, { appId: app.id, disabledAt: isDisabling ? currentTime() : null });
    await appendAudit(tx, isDisabling ? 'app.disabled' : 'app.enabled', { origin, appId: app.id });
    return 'set';
  },
});

/**
 * Deletes an app: its secrets, redirect URIs and authorization codes go, and all its tokens end. The row itself stays
 * for the audit to name.
 */
export const deleteApp = command<{ readonly clientId: string; readonly origin: Origin }, 'deleted' | 'no_such_app'>({
  name: 'delete-app',
  run: async (tx, { clientId, origin }) => {
    const app = await findAppByClientId(tx, clientId);
    if (app === undefined) return 'no_such_app';
    const appId = app.id;
    const now = currentTime();
    await tx.run(setDeleted, { appId, now });
    await tx.run(deleteSecrets, { appId });
    await tx.run(deleteRedirectUris, { appId });
    await tx.run(deleteCodes, { appId });
    await tx.run(revokeGrants, { appId, now });
    await appendAudit(tx, 'app.deleted', { origin, appId });
    return 'deleted';
  },
});

/** A second live secret for an app, or the end of all but the newest one. */
export type RotateSecret = { readonly clientId: string; readonly origin: Origin } & (
  | { readonly encryptedSecret: string }
  | { readonly retireOld: true }
);

/** How a rotation ended. */
export type RotationOutcome = 'rotated' | 'retired' | 'too_many_secrets' | 'nothing_to_retire' | 'no_such_app';

/** Adds a second live secret to an app, or ends its older one, contract §6. */
export const rotateAppSecret = command<RotateSecret, RotationOutcome>({
  name: 'rotate-app-secret',
  run: async (tx, request) => {
    const app = await findAppByClientId(tx, request.clientId);
    if (app === undefined) return 'no_such_app';
    const subject = { origin: request.origin, appId: app.id };
    const hasSpare = app.encryptedSecrets.length >= LIVE_SECRETS;
    if ('retireOld' in request) {
      if (!hasSpare) return 'nothing_to_retire';
      await tx.run(deleteOldSecrets, { appId: app.id });
      await appendAudit(tx, 'app.secret_retired', subject);
      return 'retired';
    }
    if (hasSpare) return 'too_many_secrets';
    await tx.run(insertSecret, { appId: app.id, encryptedSecret: request.encryptedSecret, now: currentTime() });
    await appendAudit(tx, 'app.secret_rotated', subject);
    return 'rotated';
  },
});

function changedRedirectUris(app: App, change: RedirectUriChange): readonly string[] | undefined {
  if ('replacement' in change) return [...new Set(change.replacement)];
  if (!change.removed.every((uri) => app.redirectUris.includes(uri))) return undefined;
  const kept = app.redirectUris.filter((uri) => !change.removed.includes(uri));
  return [...new Set([...kept, ...change.added])];
}

async function storeRedirectUris(tx: Transaction, app: App, uris: readonly string[]): Promise<void> {
  const gone = app.redirectUris.filter((uri) => !uris.includes(uri));
  for (const uri of gone) await tx.run(deleteRedirectUri, { appId: app.id, uri });
  for (const uri of uris) await tx.run(insertRedirectUri, { appId: app.id, uri });
}
