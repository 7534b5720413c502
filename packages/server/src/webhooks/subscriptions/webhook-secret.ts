import { currentTime } from '../../clock.js';
import type { SecretBox } from '../../identity/apps/secret-box.js';
import type { StoredSecrets } from './webhook-store.js';

/** A signing secret under the master key, bound to its subscription. */
export function sealSigningSecret(box: SecretBox, webhookUuid: string, secret: string): string {
  return box.seal(secret, contextOf(webhookUuid));
}

/** The secrets that sign now, newest first: two while one is replaced, none where there is none. */
export function openSigningSecrets(
  box: SecretBox,
  webhookUuid: string,
  { encryptedSecret, previousEncryptedSecret, previousSecretUntil }: StoredSecrets,
): string[] {
  const isPreviousLive = previousSecretUntil !== null && previousSecretUntil > currentTime();
  return [encryptedSecret, isPreviousLive ? previousEncryptedSecret : null].flatMap((sealed) =>
    sealed === null ? [] : [box.open(sealed, contextOf(webhookUuid))],
  );
}

function contextOf(webhookUuid: string): string {
  return `webhook ${webhookUuid}`;
}
