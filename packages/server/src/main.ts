import { hkdfSync } from 'node:crypto';
import { rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { PartnerError } from '@countersign/contract';
import type { Logger } from 'pino';
import { type App, type AppParts, buildApp } from './app.js';
import type { TokenRules } from './authorization/oauth-parts.js';
import { forgetExpired } from './authorization/tokens/expired-store.js';
import { attachControl, type Control, type ControlOptions, openControl } from './control/open-control.js';
import { httpUrl } from './http/public-url.js';
import { findNewestSecret } from './identity/apps/app-store.js';
import { type SecretBox, secretBox } from './identity/apps/secret-box.js';
import { startKeepingMatchKeys } from './keep-match-keys.js';
import { DeliveryMeter } from './operations/delivery-meter.js';
import { openLog } from './operations/logger.js';
import { AppDirectory } from './partner-api/app-directory.js';
import { RateLimits } from './partner-api/rate-limits.js';
import { TokenDirectory } from './partner-api/token-directory.js';
import { forgetOldAnswers } from './partner-api/write/idempotent-answer-store.js';
import { forgetAllRequestMarks } from './partner-api/write/request-mark-store.js';
import { type Rekeying, rekeyEmails, startRekeying } from './rekey-records.js';
import { InvalidSetting } from './setting-values.js';
import { masterKeyOf, type Settings } from './settings.js';
import { openSharedState } from './shared-state/open-shared-state.js';
import { privateNames } from './shared-state/private-names.js';
import type { SharedState } from './shared-state/shared-state.js';
import { testState } from './shared-state/test-state.js';
import { startDeliveries } from './start-deliveries.js';
import { openStorage } from './storage/open-storage.js';
import type { Storage } from './storage/storage.js';
import { watchWrites } from './storage/watch-writes.js';
import { hostResolver } from './webhooks/attempt/resolve-host.js';
import type { DeliveryHost } from './webhooks/delivery/delivery-host.js';
import { dropAllOldDeliveries, type KeptDays } from './webhooks/outbox/drop-all-old-deliveries.js';
import type { PrimaryLink } from './workers/primary-link.js';
import { WRITER_ENTRY } from './writer-entry.js';

/** A server that accepts requests. */
export interface RunningServer {
  readonly url: string;
  readonly storage: Storage;
  /** From now on, drops what is kept too long: one of the processes that share a database is enough. */
  startHousekeeping(): void;
  /** Takes no new connections, finishes requests in flight, closes the storage. */
  close(): Promise<void>;
}

/** How a server is started. */
export interface ServerOptions {
  readonly settings: Settings;
  /** Whether an older schema is brought to this version first. */
  readonly migrate: boolean;
  /** The primary process, where this one is a worker. */
  readonly link?: PrimaryLink;
  /** What tests have the server do, contract §10. */
  readonly control?: ControlOptions | undefined;
}

/** How often kept answers that are too old are looked for, in milliseconds. */
const FORGET_EVERY_MS = 60 * 60 * 1000;
/** How often marks of requests that are too old are looked for, in milliseconds: each write leaves one. */
const FORGET_MARKS_EVERY_MS = 60 * 1000;
/** How often, while the server ends, connections that have become idle are closed, in milliseconds. */
const TIDY_EVERY_MS = 50;
/** Writes under way, on the average of late, from which on work that can wait does. */
const BUSY_FROM = 1;
/** How long the metrics of all workers may take, in milliseconds. */
const METRICS_MS = 6_000;
/** How long requests in flight may take to finish, in milliseconds; after that their connections are cut. */
const DRAIN_MS = 8_000;

/**
 * Settings, storage, application, listen, drain: a whole server.
 *
 * @throws InvalidSetting, StorageUnusable with one sentence for the operator; the system's error when the port is taken
 */
export async function startServer({ settings, migrate, link, control: wanted }: ServerOptions): Promise<RunningServer> {
  const masterKey = masterKeyOf(settings);
  const log = openLog(settings.logLevel, link?.id);
  const control = wanted && openControl(wanted);
  const storage = await openServedStorage({ settings, migrate }, log);
  let shared: SharedState | undefined;
  try {
    const box = secretBox(masterKey);
    await refuseWrongMasterKey(storage, box);
    await rekeyEmails(storage);
    const test = control?.clock && testState(privateNames(masterKey));
    shared = test ?? (await openSharedState({ redisUrl: settings.redisUrl, masterKey, log, link }));
    const meter = new DeliveryMeter(storage);
    let deliveries: DeliveryHost | undefined;
    const served = watchWrites(storage, () => deliveries?.wake());
    const parts = appParts(settings, { masterKey, box, log, meter, shared, storage: served, link });
    const { gate, tokenRules } = parts;
    const onClockMoved = async () => {
      await forgetAllRequestMarks(storage);
      await forgetAll(storage, settings.webhooks);
      deliveries?.wake();
    };
    const onExchanged = async () => {
      gate.apps.forget();
      await gate.tokens.forget();
      gate.limits.forget();
      test?.forgetCounts();
      deliveries?.wake();
    };
    const controlled = { storage: served, gate, box, tokenRules, onClockMoved, onExchanged };
    const app = await buildApp({ ...parts, control: control && attachControl(control, controlled) });
    await app.listen({ host: settings.host, port: settings.port });
    deliveries = startDeliveries({
      settings,
      masterKey,
      storage,
      requestsWaiting: () => served.averageWaiting(),
      meter,
      log,
      onSending: control && ((delivery) => control.faults.take(delivery)),
    });
    return runningServer(app, {
      control,
      settings,
      storage,
      shared,
      deliveries,
      isBusy: () => served.averageWaiting() > BUSY_FROM,
    });
  } catch (error) {
    shared?.close();
    await storage.close();
    throw error;
  }
}

interface OpenParts extends Pick<AppParts, 'shared' | 'storage'> {
  readonly log: Logger;
  readonly masterKey: Buffer;
  readonly box: SecretBox;
  readonly meter: DeliveryMeter;
  readonly link: PrimaryLink | undefined;
}

function appParts(settings: Settings, { masterKey, box, meter, log, shared, storage, link }: OpenParts): AppParts {
  const policy = { allowPrivate: settings.webhooks.allowPrivate };
  return {
    storage,
    shared,
    log,
    webhooks: { box, callbackHosts: { policy, resolve: hostResolver(policy) } },
    deliveryMeter: meter,
    gatherMetrics: link === undefined ? undefined : () => gatherMetrics(link),
    bodyLimit: settings.bodyLimit,
    keepAliveSeconds: settings.keepAliveSeconds,
    trustedProxies: settings.trustedProxies,
    corsOrigins: settings.corsOrigins,
    publicUrl: settings.publicUrl,
    formKey: Buffer.from(hkdfSync('sha256', masterKey, '', 'countersign form tokens', 32)),
    tokenRules: tokenRulesOf(settings),
    gate: {
      apps: new AppDirectory(storage, box),
      tokens: new TokenDirectory(storage, shared),
      limits: new RateLimits(shared, { perClient: settings.rateLimit, authFailures: settings.authFailureLimit }),
      isDevelopment: settings.isDevelopment,
    },
  };
}

function tokenRulesOf(settings: Settings): TokenRules {
  const { accessTokenSeconds, refreshTokenSeconds, refreshGraceSeconds, refreshReuse } = settings;
  return { accessTokenSeconds, refreshTokenSeconds, refreshGraceSeconds, refreshReuse };
}

interface ServerParts {
  readonly control: Control | undefined;
  readonly settings: Settings;
  readonly storage: Storage;
  readonly shared: SharedState;
  readonly deliveries: DeliveryHost | undefined;
  /** Whether requests wait for their writes. */
  readonly isBusy: () => boolean;
}

function runningServer(app: App, parts: ServerParts): RunningServer {
  const { control, settings, storage, shared, deliveries, isBusy } = parts;
  let stopHousekeeping: (() => void) | undefined;
  let rekeying: Rekeying | undefined;
  let keeping: { stop(): void } | undefined;
  return {
    url: urlOf(settings.host, app.server.address()),
    storage,
    startHousekeeping: () => {
      stopHousekeeping ??= startHousekeeping(storage, settings.webhooks);
      rekeying ??= startRekeying(storage);
      keeping ??= startKeepingMatchKeys({ storage, isBusy });
    },
    close: async () => {
      stopHousekeeping?.();
      rekeying?.stop();
      keeping?.stop();
      // A connection that was busy when the end began is kept open by its client.
      const tidy = setInterval(() => app.server.closeIdleConnections(), TIDY_EVERY_MS);
      const cut = setTimeout(() => app.server.closeAllConnections(), DRAIN_MS);
      await Promise.all([app.close(), deliveries?.stop(DRAIN_MS)]);
      clearTimeout(cut);
      clearInterval(tidy);
      shared.close();
      await storage.close();
      if (control !== undefined) rmSync(control.folder, { recursive: true, force: true });
    },
  };
}

function openServedStorage({ settings, migrate }: ServerOptions, log: Logger): Promise<Storage> {
  return openStorage({
    url: settings.databaseUrl,
    connections: settings.databaseConnections,
    replicaUrl: settings.replicaUrl,
    onReplicaLost: (error) => {
      log.warn({ reason: error.message }, 'the replica does not answer; lists and searches are read from the primary');
    },
    migrate,
    writerEntry: WRITER_ENTRY,
    onLost: (error) => {
      log.fatal({ reason: error.stack }, 'the storage is lost; a restart recovers everything that was answered');
      process.exitCode = 1;
      setImmediate(() => process.exit(1));
    },
  });
}

// The primary process asks every worker, this one too.
async function gatherMetrics(link: PrimaryLink): Promise<string> {
  const text = await link.ask({ metrics: true }, METRICS_MS);
  if (text !== undefined) return text;
  throw new PartnerError('unavailable');
}

// A server with another key would start well, and fail at every request.
async function refuseWrongMasterKey(storage: Storage, box: SecretBox): Promise<void> {
  const secret = await findNewestSecret(storage);
  if (secret === undefined || box.canOpen(secret.encryptedSecret, secret.clientId)) return;
  throw new InvalidSetting(
    'COUNTERSIGN_MASTER_KEY',
    'is not the key that the stored client secrets are encrypted under.',
  );
}

function startHousekeeping(storage: Storage, kept: KeptDays): () => void {
  const stops = [
    repeat(FORGET_MARKS_EVERY_MS, () => forgetAllRequestMarks(storage)),
    repeat(FORGET_EVERY_MS, () => forgetAll(storage, kept)),
  ];
  return () => {
    for (const stop of stops) stop();
  };
}

// Works now, and again after each pause. A storage that is away is tried again then; requests tell of it meanwhile.
function repeat(pauseMs: number, work: () => Promise<void>): () => void {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  const turn = async () => {
    await work().catch(() => undefined);
    if (isStopped) return;
    timer = setTimeout(() => void turn(), pauseMs);
    timer.unref();
  };
  void turn();
  return () => {
    isStopped = true;
    clearTimeout(timer);
  };
}

async function forgetAll(storage: Storage, kept: KeptDays): Promise<void> {
  while (await storage.write(forgetOldAnswers, undefined));
  while (await storage.write(forgetExpired, undefined));
  await dropAllOldDeliveries(storage, kept);
}

function urlOf(host: string, address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  return httpUrl(host, address.port);
}
