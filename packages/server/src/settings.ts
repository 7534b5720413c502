import { randomBytes } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { LOG_LEVELS } from './operations/logger.js';
import { choice, findOrigin, InvalidSetting, networks, origins, pauses, wholeNumber } from './setting-values.js';
import { findSqliteFile, isPostgresUrl } from './storage/open-storage.js';

/** What the program runs with; made once, at start, contract §6. */
export interface Settings {
  readonly databaseUrl: string;
  /** Most connections of one process to a PostgreSQL at once. */
  readonly databaseConnections: number;
  /** A PostgreSQL replica that lists and searches may be read from. */
  readonly replicaUrl: string | undefined;
  /** Processes that serve. */
  readonly workers: number;
  readonly host: string;
  /** 0 picks a free port. */
  readonly port: number;
  /** Origin that people and apps reach the server at; undefined for where it listens. */
  readonly publicUrl: string | undefined;
  /** 32 bytes; undefined where no command that needs it was given one. */
  readonly masterKey: Buffer | undefined;
  /** Redis that processes share limits through; undefined for none. */
  readonly redisUrl: string | undefined;
  /** Requests a minute and client; 0 is no limit. */
  readonly rateLimit: number;
  /** Failed authentications a minute and address; 0 is no limit. */
  readonly authFailureLimit: number;
  /** Lifetime of access tokens, in seconds. */
  readonly accessTokenSeconds: number;
  /** Lifetime of refresh tokens, in seconds. */
  readonly refreshTokenSeconds: number;
  /** How long a refresh token stays good after its first use, in seconds; 0 for not at all. */
  readonly refreshGraceSeconds: number;
  /** What a use of a refresh token after its end does: nothing, or it ends all tokens of its family. */
  readonly refreshReuse: (typeof REFRESH_REUSES)[number];
  /** Largest request body, in bytes. */
  readonly bodyLimit: number;
  /** How long a connection without a request is kept, in seconds. */
  readonly keepAliveSeconds: number;
  readonly logLevel: (typeof LOG_LEVELS)[number];
  /** Addresses and networks of proxies whose `X-Forwarded-For` is believed. */
  readonly trustedProxies: readonly string[];
  /** Origins whose pages may read the API's answers; `*` for any. */
  readonly corsOrigins: '*' | readonly string[];
  /** Whether wrong signatures are explained. */
  readonly isDevelopment: boolean;
  readonly webhooks: WebhookSettings;
}

const REFRESH_REUSES = ['refuse', 'revoke'] as const;

/** How webhooks are delivered. */
export interface WebhookSettings {
  /** Whether callback addresses may be http, and on private networks. */
  readonly allowPrivate: boolean;
  /** Whether `serve` delivers beside answering requests. */
  readonly deliversHere: boolean;
  /** Pauses between the attempts of a delivery, in milliseconds. */
  readonly retryMs: readonly number[];
  /** How long deliveries that arrived are kept, in days. */
  readonly keepDeliveredDays: number;
  /** How long deliveries that were given up are kept, in days. */
  readonly keepFailedDays: number;
}

/** Values given as flags, by the name of the setting that they stand for. */
export type SettingFlags = Readonly<Partial<Record<SettingName, string>>>;

/** Every setting with its default and what it means, for the help texts and docs/settings.md. */
export const SETTINGS = {
  COUNTERSIGN_DATABASE_URL: {
    default: 'sqlite:./.countersign/countersign.db',
    meaning: 'the database: sqlite: and a path, or postgres://user:password@host/database',
  },
  COUNTERSIGN_DATABASE_CONNECTIONS: {
    default: '10',
    meaning: 'most connections of one process to PostgreSQL at once, and to the replica; 3 at least',
  },
  COUNTERSIGN_REPLICA_URL: {
    default: '',
    meaning: 'a PostgreSQL replica to list and search in, postgres://…; it never shows less than was answered before',
  },
  COUNTERSIGN_WORKERS: {
    default: '',
    meaning: 'processes that serve; by default one a core on PostgreSQL, and always one on SQLite',
  },
  COUNTERSIGN_HOST: { default: '127.0.0.1', meaning: 'address to listen on' },
  COUNTERSIGN_PORT: { default: '8080', meaning: 'port to listen on; 0 picks a free one' },
  COUNTERSIGN_PUBLIC_URL: {
    default: '',
    meaning:
      'origin that people and apps reach the server at, such as https://customers.example; by default where it listens',
  },
  COUNTERSIGN_MASTER_KEY: { default: '', meaning: '32 bytes in base64; encrypts client secrets and signing secrets' },
  COUNTERSIGN_REDIS_URL: {
    default: '',
    meaning: 'Redis that processes share rate limits through, redis://user:password@host:port',
  },
  COUNTERSIGN_RATE_LIMIT: { default: '100', meaning: 'requests a minute and client; 0 is no limit' },
  COUNTERSIGN_AUTH_FAILURE_LIMIT: {
    default: '100',
    meaning: 'failed authentications a minute and address; 0 is no limit',
  },
  COUNTERSIGN_ACCESS_TOKEN_SECONDS: { default: '3600', meaning: 'lifetime of access tokens' },
  COUNTERSIGN_REFRESH_TOKEN_SECONDS: { default: '2592000', meaning: 'lifetime of refresh tokens' },
  COUNTERSIGN_REFRESH_GRACE_SECONDS: {
    default: '86400',
    meaning:
      'how long a refresh token stays good after its first use, for other processes and lost answers; 0: not at all',
  },
  COUNTERSIGN_REFRESH_REUSE: {
    default: 'refuse',
    meaning:
      'what a refresh token does that comes after its end: refuse, or revoke, which ends all tokens of its login',
  },
  COUNTERSIGN_BODY_LIMIT: { default: '1048576', meaning: 'largest request body, in bytes' },
  COUNTERSIGN_KEEP_ALIVE_SECONDS: {
    default: '75',
    meaning: 'how long a connection without a request is kept; longer than the proxy before it keeps its own',
  },
  COUNTERSIGN_LOG_LEVEL: { default: 'info', meaning: LOG_LEVELS.join(', ') },
  COUNTERSIGN_TRUSTED_PROXIES: {
    default: '',
    meaning: 'addresses or networks of proxies whose X-Forwarded-For is believed, comma-separated',
  },
  COUNTERSIGN_CORS_ORIGINS: {
    default: '',
    meaning: 'origins whose pages may read the API, comma-separated, or * for any; any in countersign dev',
  },
  COUNTERSIGN_ALLOW_PRIVATE_CALLBACKS: {
    default: 'false',
    meaning: 'take callback addresses that are http or on a private network; on in countersign dev',
  },
  COUNTERSIGN_DELIVER_WEBHOOKS: {
    default: 'true',
    meaning: 'deliver webhooks while serving; false leaves it to countersign deliver',
  },
  COUNTERSIGN_WEBHOOK_RETRY_SECONDS: {
    default: '5,300,1800,7200,18000,36000,50400,72000,86400',
    meaning: 'pauses between the attempts of a delivery, comma-separated; the first attempt is made at once',
  },
  COUNTERSIGN_WEBHOOK_KEEP_DELIVERED_DAYS: { default: '30', meaning: 'how long deliveries that arrived are kept' },
  COUNTERSIGN_WEBHOOK_KEEP_FAILED_DAYS: { default: '90', meaning: 'how long deliveries that were given up are kept' },
  COUNTERSIGN_DEVELOPMENT: { default: 'false', meaning: 'explain wrong signatures; on in countersign dev' },
} as const;

/** Variables of commands, which no server reads: of those that ask a server, and that move records. */
export const OTHER_VARIABLES: readonly string[] = [
  'COUNTERSIGN_URL',
  'COUNTERSIGN_CLIENT_ID',
  'COUNTERSIGN_CLIENT_SECRET',
  'COUNTERSIGN_ACCESS_TOKEN',
  'COUNTERSIGN_LISTEN_SECRET',
  'COUNTERSIGN_FROM_DATABASE_URL',
  'COUNTERSIGN_TO_DATABASE_URL',
];

/** The name of a setting, which is that of its environment variable. */
export type SettingName = keyof typeof SETTINGS;

/**
 * The settings of flags and environment; a flag wins, an empty variable counts as unset.
 *
 * @throws InvalidSetting that names the first setting at fault
 */
export function readSettings(environment: NodeJS.ProcessEnv, flags: SettingFlags = {}): Settings {
  const textOf = (name: SettingName) => flags[name] ?? (environment[name] || SETTINGS[name].default);
  const numberOf = (name: SettingName, range: { readonly min: number; readonly max: number }) =>
    wholeNumber(name, textOf(name), range);
  const isTrue = (name: SettingName) => choice(name, textOf(name), ['true', 'false']) === 'true';
  return Object.freeze({
    databaseUrl: databaseUrl(textOf('COUNTERSIGN_DATABASE_URL')),
    databaseConnections: numberOf('COUNTERSIGN_DATABASE_CONNECTIONS', { min: 3, max: 1_000 }),
    replicaUrl: replicaUrl(textOf('COUNTERSIGN_REPLICA_URL')),
    workers: workers(textOf('COUNTERSIGN_WORKERS'), textOf('COUNTERSIGN_DATABASE_URL')),
    host: textOf('COUNTERSIGN_HOST'),
    port: numberOf('COUNTERSIGN_PORT', { min: 0, max: 65_535 }),
    publicUrl: publicUrl(textOf('COUNTERSIGN_PUBLIC_URL')),
    masterKey: masterKey(textOf('COUNTERSIGN_MASTER_KEY')),
    redisUrl: redisUrl(textOf('COUNTERSIGN_REDIS_URL')),
    rateLimit: numberOf('COUNTERSIGN_RATE_LIMIT', { min: 0, max: 1_000_000_000 }),
    authFailureLimit: numberOf('COUNTERSIGN_AUTH_FAILURE_LIMIT', { min: 0, max: 1_000_000_000 }),
    accessTokenSeconds: numberOf('COUNTERSIGN_ACCESS_TOKEN_SECONDS', { min: 1, max: 315_360_000 }),
    refreshTokenSeconds: numberOf('COUNTERSIGN_REFRESH_TOKEN_SECONDS', { min: 1, max: 315_360_000 }),
    refreshGraceSeconds: numberOf('COUNTERSIGN_REFRESH_GRACE_SECONDS', { min: 0, max: 315_360_000 }),
    refreshReuse: choice('COUNTERSIGN_REFRESH_REUSE', textOf('COUNTERSIGN_REFRESH_REUSE'), REFRESH_REUSES),
    bodyLimit: numberOf('COUNTERSIGN_BODY_LIMIT', { min: 1_024, max: 268_435_456 }),
    keepAliveSeconds: numberOf('COUNTERSIGN_KEEP_ALIVE_SECONDS', { min: 1, max: 3_600 }),
    logLevel: choice('COUNTERSIGN_LOG_LEVEL', textOf('COUNTERSIGN_LOG_LEVEL'), LOG_LEVELS),
    trustedProxies: networks('COUNTERSIGN_TRUSTED_PROXIES', textOf('COUNTERSIGN_TRUSTED_PROXIES')),
    corsOrigins: origins('COUNTERSIGN_CORS_ORIGINS', textOf('COUNTERSIGN_CORS_ORIGINS')),
    isDevelopment: isTrue('COUNTERSIGN_DEVELOPMENT'),
    webhooks: {
      allowPrivate: isTrue('COUNTERSIGN_ALLOW_PRIVATE_CALLBACKS'),
      deliversHere: isTrue('COUNTERSIGN_DELIVER_WEBHOOKS'),
      retryMs: pauses('COUNTERSIGN_WEBHOOK_RETRY_SECONDS', textOf('COUNTERSIGN_WEBHOOK_RETRY_SECONDS')),
      keepDeliveredDays: numberOf('COUNTERSIGN_WEBHOOK_KEEP_DELIVERED_DAYS', { min: 1, max: 36_500 }),
      keepFailedDays: numberOf('COUNTERSIGN_WEBHOOK_KEEP_FAILED_DAYS', { min: 1, max: 36_500 }),
    },
  });
}

/** Length of the master key, in bytes. */
const MASTER_KEY_BYTES = 32;

/** A new master key, as the setting takes it. */
export function newMasterKey(): string {
  return randomBytes(MASTER_KEY_BYTES).toString('base64');
}

/** The master key of the settings. @throws InvalidSetting when there is none */
export function masterKeyOf({ masterKey: key }: Settings): Buffer {
  if (key !== undefined) return key;
  throw new InvalidSetting(
    'COUNTERSIGN_MASTER_KEY',
    'is not set; it takes 32 bytes in base64, such as "openssl rand -base64 32" prints.',
  );
}

function masterKey(text: string): Buffer | undefined {
  if (text === '') return undefined;
  const key = Buffer.from(text, 'base64');
  const isBase64 = /^[A-Za-z0-9+/_-]+={0,2}$/.test(text);
  if (isBase64 && key.length === MASTER_KEY_BYTES) return key;
  throw new InvalidSetting('COUNTERSIGN_MASTER_KEY', 'must be exactly 32 bytes in base64.');
}

function publicUrl(text: string): string | undefined {
  if (text === '') return undefined;
  const origin = findOrigin(text);
  if (origin !== undefined) return origin;
  throw new InvalidSetting(
    'COUNTERSIGN_PUBLIC_URL',
    'must be an origin: https:// (or http://), a host and maybe a port, such as https://customers.example.',
  );
}

function databaseUrl(text: string): string {
  if (findSqliteFile(text) !== undefined || isPostgresUrl(text)) return text;
  throw new InvalidSetting(
    'COUNTERSIGN_DATABASE_URL',
    'must be sqlite: and a path, such as sqlite:./countersign.db, or postgres:// with host and database.',
  );
}

function replicaUrl(text: string): string | undefined {
  if (text === '' || isPostgresUrl(text)) return text || undefined;
  throw new InvalidSetting('COUNTERSIGN_REPLICA_URL', 'must be postgres:// with host and database.');
}

function workers(text: string, database: string): number {
  if (text === '') return isPostgresUrl(database) ? availableParallelism() : 1;
  const count = wholeNumber('COUNTERSIGN_WORKERS', text, { min: 1, max: 1_024 });
  if (count === 1 || isPostgresUrl(database)) return count;
  throw new InvalidSetting('COUNTERSIGN_WORKERS', '(--workers) must be 1 on SQLite; more need PostgreSQL.');
}

function redisUrl(text: string): string | undefined {
  if (text === '') return undefined;
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isRedis = url !== undefined && /^rediss?:$/.test(url.protocol) && url.hostname !== '';
  if (isRedis && /^\/?\d{0,5}$/.test(url.pathname) && url.search === '' && url.hash === '') return text;
  throw new InvalidSetting(
    'COUNTERSIGN_REDIS_URL',
    'must be redis:// or rediss:// with a host, and maybe user, password, port and the number of a database.',
  );
}
