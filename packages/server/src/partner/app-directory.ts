import { createSecretKey, type KeyObject } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { Reader } from '../storage/storage.js';
import { type App, findActiveApp, findAppByClientId, listActiveClientIds } from '../teams/app-store.js';
import type { SecretBox } from '../teams/secret-box.js';
import type { CandidateSecret } from './signature-hint.js';

/** How long an app is taken as it was last read, in milliseconds: a change holds everywhere within a second. */
const FRESH_MS = 1_000;
/** Apps kept at once. */
const KEPT_APPS = 10_000;

/** An app with its live secrets, ready to verify with. */
export interface SigningApp extends App {
  readonly keys: readonly KeyObject[];
}

/** Apps by client id, with their secrets decrypted, kept for a second. */
export class AppDirectory {
  readonly #reader: Reader;
  readonly #secretBox: SecretBox;
  readonly #apps = new LRUCache<string, SigningApp>({ max: KEPT_APPS, ttl: FRESH_MS });

  constructor(reader: Reader, secretBox: SecretBox) {
    this.#reader = reader;
    this.#secretBox = secretBox;
  }

  /** An app that may sign, or undefined. */
  async find(clientId: string): Promise<SigningApp | undefined> {
    const known = this.#apps.get(clientId);
    if (known !== undefined) return known;
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
