import { findAppByClientId, listApps } from '../identity/apps/app-store.js';
import { secretBox } from '../identity/apps/secret-box.js';
import type { Settings } from '../settings.js';
import type { Reader } from '../storage/storage.js';
import { type Finding, findingsOf } from './finding.js';

const { ok, problem } = findingsOf('keys');

/** Looks whether the master key opens the stored secrets of every app. */
export async function examineKeys({ masterKey }: Settings, reader: Reader | undefined): Promise<Finding[]> {
  if (masterKey === undefined) {
    const remedy =
      'set it to the key that the stored secrets are under; for a new database, to what "openssl rand -base64 32" prints';
    return [problem('COUNTERSIGN_MASTER_KEY is not set', remedy)];
  }
  if (reader === undefined) return [ok('there is a master key; what it opens could not be looked at')];
  const box = secretBox(masterKey);
  const locked: string[] = [];
  let opened = 0;
  for (const { clientId } of await listApps(reader)) {
    const secrets = (await findAppByClientId(reader, clientId))?.encryptedSecrets ?? [];
    const isOpen = secrets.every((sealed) => box.canOpen(sealed, clientId));
    if (isOpen) opened += secrets.length;
    else locked.push(clientId);
  }
  if (locked.length === 0) return [ok(`the master key opens all client secrets (${opened})`)];
  const remedy =
    'set COUNTERSIGN_MASTER_KEY to the key they were stored under; where it is lost, delete the apps and make new ones';
  return [problem(`the master key does not open the secrets of ${named(locked)}`, remedy)];
}

const MOST_NAMED = 5;

function named(clientIds: readonly string[]): string {
  const more = clientIds.length - MOST_NAMED;
  return `${clientIds.slice(0, MOST_NAMED).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
