import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readSettings, SETTINGS, type SettingFlags, type Settings } from '../settings.js';
import { findSqliteFile, openStorage } from '../storage/open-storage.js';
import type { Storage } from '../storage/storage.js';
import { withoutUndefined } from '../without-undefined.js';
import { WRITER_ENTRY } from '../writer-entry.js';
import { CommandFailure } from './command-failure.js';

/** The file beside a development database that holds its master key. */
export const MASTER_KEY_FILE = 'master.key';

/** Flags of every command that works on the database. */
export interface DatabaseOptions {
  readonly databaseUrl?: string;
}

/** The flags that stand for settings, under the settings' names. */
export function settingFlags(options: DatabaseOptions): SettingFlags {
  return withoutUndefined({ COUNTERSIGN_DATABASE_URL: options.databaseUrl });
}

/** The settings of an administration command. The master key that `dev` keeps beside its database serves here too. */
export function readCommandSettings(options: DatabaseOptions): Settings {
  const flags = settingFlags(options);
  return readSettings(environmentWithKey({ ...process.env, ...flags }), flags);
}

/** An environment with the master key that `dev` keeps beside its database, where it has no other. */
export function environmentWithKey(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  if (environment.COUNTERSIGN_MASTER_KEY) return environment;
  const database = findSqliteFile(environment.COUNTERSIGN_DATABASE_URL || SETTINGS.COUNTERSIGN_DATABASE_URL.default);
  if (database === undefined) return environment;
  const file = join(dirname(database), MASTER_KEY_FILE);
  if (!existsSync(file)) return environment;
  return { ...environment, COUNTERSIGN_MASTER_KEY: readFileSync(file, 'utf8').trim() };
}

/** Opens the database for one piece of work, and closes it whatever happens. */
export async function withStorage<T>(
  settings: Settings,
  work: (storage: Storage) => Promise<T>,
  { migrate = false }: { readonly migrate?: boolean } = {},
): Promise<T> {
  const storage = await openStorage({
    url: settings.databaseUrl,
    connections: settings.databaseConnections,
    replicaUrl: undefined,
    onReplicaLost: () => undefined,
    migrate,
    isBrief: true,
    writerEntry: WRITER_ENTRY,
    onLost: (error) => {
      throw new CommandFailure('The database was lost in the middle of the work.', { cause: error });
    },
  });
  try {
    return await work(storage);
  } finally {
    await storage.close();
  }
}
