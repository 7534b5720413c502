import { statement } from '../../storage/statement.js';
import type { Reader } from '../../storage/storage.js';

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
  /** Where people may be sent back to, as registered. */
  readonly redirectUris: readonly string[];
}

/** An app as it is told to whoever runs the server. */
export interface AppOverview {
  readonly clientId: string;
  readonly name: string;
  readonly status: AppStatus;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly liveSecrets: number;
  readonly redirectUris: readonly string[];
  /** Requests a minute; null takes the server's setting, 0 is no limit. */
  readonly rateLimit: number | null;
}

/** Whether an app may sign requests. */
export type AppStatus = 'active' | 'disabled';

const findApp = statement<{ clientId: string }>()(({ db, param }) =>
  db
    .selectFrom('apps')
    .select(['id', 'client_id', 'name', 'rate_limit', 'disabled_at'])
    .where('client_id', '=', param('clientId'))
    .where('deleted_at', 'is', null),
);

const findSecrets = statement<{ appId: number }>()(({ db, param }) =>
  db.selectFrom('app_secrets').select('encrypted_secret').where('app_id', '=', param('appId')).orderBy('id'),
);

const findRedirectUris = statement<{ appId: number }>()(({ db, param }) =>
  db.selectFrom('app_redirect_uris').select('uri').where('app_id', '=', param('appId')).orderBy('uri'),
);

const listOverviews = statement<{ clientId: string | null }>()(({ db, param, dialect }) =>
  db
    .selectFrom('apps as app')
    .select((row) => [
      'app.id',
      'app.client_id',
      'app.name',
      'app.rate_limit',
      'app.created_at',
      'app.disabled_at',
      row
        .selectFrom('app_secrets as secret')
        .select(({ fn }) => fn.countAll<number>().as('live'))
        .whereRef('secret.app_id', '=', 'app.id')
        .as('live_secrets'),
    ])
    .where('app.deleted_at', 'is', null)
    .where((row) =>
      row.or([row(dialect.text(param('clientId')), 'is', null), row('app.client_id', '=', param('clientId'))]),
    )
    .orderBy('app.id'),
);

const countTeams = statement<{ clientId: string }>()(({ db, param }) =>
  db
    .selectFrom('token_grants as grant')
    .innerJoin('apps as app', 'app.id', 'grant.app_id')
    .select(({ fn }) => fn.count<number>('grant.team_id').distinct().as('teams'))
    .where('app.client_id', '=', param('clientId'))
    .where('grant.revoked_at', 'is', null),
);

const listClientIds = statement<Record<never, never>>()(({ db }) =>
  db
    .selectFrom('apps')
    .select('client_id')
    .where('disabled_at', 'is', null)
    .where('deleted_at', 'is', null)
    .orderBy('id')
    .limit(100),
);

const oneSecret = statement<Record<never, never>>()(({ db }) =>
  db
    .selectFrom('app_secrets as secret')
    .innerJoin('apps as app', 'app.id', 'secret.app_id')
    .select(['app.client_id', 'secret.encrypted_secret'])
    .orderBy('secret.id', 'desc')
    .limit(1),
);

/** The app of a client id, or undefined; a deleted one is never found. */
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
    redirectUris: await listRedirectUris(reader, row.id),
  };
}

/** The app of a client id that may sign and ask, or undefined. */
export async function findActiveApp(reader: Reader, clientId: string): Promise<App | undefined> {
  const app = await findAppByClientId(reader, clientId);
  return app?.isDisabled === false ? app : undefined;
}

/** Every app that is not deleted, oldest first; with a client id, that one alone. */
export async function listApps(
  reader: Reader,
  { clientId = null }: { readonly clientId?: string | null } = {},
): Promise<AppOverview[]> {
  const overviews: AppOverview[] = [];
  for (const row of await reader.all(listOverviews, { clientId })) {
    overviews.push({
      clientId: row.client_id,
      name: row.name,
      status: row.disabled_at === null ? 'active' : 'disabled',
      createdAt: new Date(row.created_at).toISOString(),
      liveSecrets: row.live_secrets ?? 0,
      redirectUris: await listRedirectUris(reader, row.id),
      rateLimit: row.rate_limit,
    });
  }
  return overviews;
}

/** How many teams an app may act for. */
export async function countConnectedTeams(reader: Reader, clientId: string): Promise<number> {
  return (await reader.first(countTeams, { clientId }))?.teams ?? 0;
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

async function listRedirectUris(reader: Reader, appId: number): Promise<string[]> {
  return (await reader.all(findRedirectUris, { appId })).map((row) => row.uri);
}
