/** Makes the database that a stage starts with: new and preloaded, or a copy of one kept from an earlier run. */
import {
  constants,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { preloadCustomers } from './preload.mjs';
import { watchPeakMemory } from './process-usage.mjs';
import { say } from './progress.mjs';
import { createDatabase, DATABASE_NAME, migrate, startServer } from './server-under-test.mjs';

const RECORD_NAME = 'bench-database.json';

/**
 * A database folder that the stage may change, and how it came to be.
 *
 * @param {{ program: string, temp: string, keep?: string, preloadConnections: number }} context
 * @param {number} rows customers it must hold
 */
export async function prepareDatabase({ program, temp, keep, preloadConnections }, rows) {
  const directory = mkdtempSync(join(temp, 'database-'));
  if (keep === undefined || rows === 0) {
    const credentials = await createDatabase({ program, directory });
    const preload = await fill({ program, directory, credentials }, { from: 0, to: rows, preloadConnections });
    return { directory, credentials, preload };
  }
  const { credentials, preload } = await prepareKept({ program, keep, preloadConnections }, rows);
  for (const name of databaseFiles(keep)) {
    copyFileSync(join(keep, name), join(directory, name), constants.COPYFILE_FICLONE);
  }
  await migrate({ program, directory, masterKey: credentials.masterKey });
  return { directory, credentials, preload };
}

/** Bytes on disk of the database in a folder, with the files SQLite puts beside it. @param {string} directory */
export function databaseBytes(directory) {
  return databaseFiles(directory).reduce((sum, name) => sum + statSync(join(directory, name)).size, 0);
}

/** Makes or extends the kept database; its record is written last, so a half-made one is never used. */
async function prepareKept({ program, keep, preloadConnections }, rows) {
  mkdirSync(keep, { recursive: true });
  const record = readRecord(keep);
  if (record !== undefined && record.rows > rows) {
    throw new Error(`${keep} holds ${record.rows} customers, more than ${rows}; choose another folder.`);
  }
  if (record?.rows === rows) {
    say(`using the ${rows} customers kept in ${keep}`);
    return { credentials: record.credentials, preload: undefined };
  }
  rmSync(join(keep, RECORD_NAME), { force: true });
  if (record === undefined) for (const name of databaseFiles(keep)) rmSync(join(keep, name));
  const credentials = record?.credentials ?? (await createDatabase({ program, directory: keep }));
  if (record !== undefined) await migrate({ program, directory: keep, masterKey: credentials.masterKey });
  const range = { from: record?.rows ?? 0, to: rows, preloadConnections };
  const preload = await fill({ program, directory: keep, credentials }, range);
  writeFileSync(join(keep, RECORD_NAME), `${JSON.stringify({ rows, credentials })}\n`, { mode: 0o600 });
  return { credentials, preload };
}

/** Preloads through a server of its own, whose end also writes back what SQLite holds beside the database. */
async function fill(place, { from, to, preloadConnections }) {
  if (to === from) return undefined;
  const server = await startServer(place);
  const memory = watchPeakMemory(server.pid);
  const result = await preloadCustomers(server, { from, to, connections: preloadConnections });
  const peakMemoryBytes = memory.stop();
  await server.stop();
  return { ...result, peakMemoryBytes };
}

function readRecord(keep) {
  try {
    return JSON.parse(readFileSync(join(keep, RECORD_NAME), 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

function databaseFiles(directory) {
  return readdirSync(directory).filter((name) => name.startsWith(DATABASE_NAME));
}
