import { createSecretKey, type KeyObject } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import { type App, findActiveApp, findAppByClientId, listActiveClientIds } from '../identity/apps/app-store.js';
import type { SecretBox } from '../identity/apps/secret-box.js';
import type { Reader } from '../storage/storage.js';
import type { CandidateSecret } from './signature/signature-hint.js';

/** How long an app is taken as it was last read, in milliseconds: a change holds everywhere within a second. */
const FRESH_MS = 1_000;
/** Time between two looks for a newer secret of an app, in milliseconds: wrong signatures cost no more than these. */
const REREAD_MS = 100;
/** Apps kept at once. */
const KEPT_APPS = 10_000;

/** An app with its live secrets, ready to verify with. */
export interface SigningApp extends App {
  readonly keys: readonly KeyObject[];
}

/** When an app was read again last, and the next such read while it has not begun. */
interface Rereading {
  lastAt: number;
  next: Promise<SigningApp | undefined> | undefined;
}

/** Apps by client id, with their secrets decrypted, kept for a second. */
export class AppDirectory {
  readonly #reader: Reader;
  readonly #secretBox: SecretBox;
  readonly #apps = new LRUCache<string, SigningApp>({ max: KEPT_APPS, ttl: FRESH_MS });
  readonly #rereads = new LRUCache<string, Rereading>({ max: KEPT_APPS });

  constructor(reader: Reader, secretBox: SecretBox) {
    this.#reader = reader;
    this.#secretBox = secretBox;
  }

  /** An app that may sign, or undefined. */
  async find(clientId: string): Promise<SigningApp | undefined> {
    const known = this.#apps.get(clientId);
    return known ?? this.#read(clientId);
  }

  /**
   * The app when one of its secrets is the right one, or undefined. Where those that are known are not, they are read once
   * more: a new secret works from the moment that it was stored, contract §1.1. All who wait share a read, which begins after
   * they came.
   */
  async verify(app: SigningApp, isGood: (app: SigningApp) => boolean): Promise<SigningApp | undefined> {
    if (isGood(app)) return app;
    const newest = await this.#reread(app.clientId);
    if (newest === undefined || hasSameSecrets(newest, app)) return undefined;
    return isGood(newest) ? newest : undefined;
  }

  /** Takes no app as it was read before. */
  forget(): void {
    this.#apps.clear();
  }

  #reread(clientId: string): Promise<SigningApp | undefined> {
    const rereading = this.#rereads.get(clientId) ?? { lastAt: Number.NEGATIVE_INFINITY, next: undefined };
    this.#rereads.set(clientId, rereading);
    rereading.next ??= wait(Math.max(0, rereading.lastAt + REREAD_MS - performance.now())).then(() => {
      rereading.next = undefined;
      rereading.lastAt = performance.now();
      return this.#read(clientId);
    });
    return rereading.next;
  }

  async #read(clientId: string): Promise<SigningApp | undefined> {
    const app = await findActiveApp(this.#reader, clientId);
    if (app === undefined) return undefined;
    const keys = this.#openSecrets(app).map((secret) => createSecretKey(Buffer.from(secret)));
    const signing = { ...app, keys };
    this.#apps.set(clientId, signing);
    return signing;
  }

  /** The secrets a developer may have mixed up: the app's own, then those of the other apps. Development only. */
  async listCandidateSecrets(app: SigningApp): Promise<CandidateSecret[]> {
    const others = await Promise.all(
      (await listActiveClientIds(this.#reader))
        .filter((clientId) => clientId !== app.clientId)
        .map((clientId) => findAppByClientId(this.#reader, clientId)),
    );
    return [
      ...this.#openSecrets(app).map((secret) => ({ secret, mistake: undefined })),
      ...others.flatMap((other) => (other === undefined ? [] : this.#othersSecrets(other))),
    ];
  }

  #othersSecrets(other: App): CandidateSecret[] {
    const mistake = `it was made with the secret of this x-client-id and not with that of ${other.clientId}`;
    const { clientId, encryptedSecrets } = other;
    return encryptedSecrets
      .filter((sealed) => this.#secretBox.canOpen(sealed, clientId))
      .map((sealed) => ({ secret: this.#secretBox.open(sealed, clientId), mistake }));
  }

  #openSecrets(app: App): string[] {
    return app.encryptedSecrets.map((sealed) => this.#secretBox.open(sealed, app.clientId));
  }
}

function hasSameSecrets(one: App, other: App): boolean {
  return one.encryptedSecrets.join() === other.encryptedSecrets.join();
}
