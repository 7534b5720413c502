/** Makes the database that a stage starts with: new and preloaded, or a copy of one kept from an earlier run. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { preloadCustomers } from './preload.mjs';
import { watchPeakMemory } from './process-usage.mjs';
import { say } from './progress.mjs';
import { createDatabase, migrate, startServers } from './server-under-test.mjs';

/**
 * @typedef {object} Context
 * @property {import('./sqlite-engine.mjs').Engine} engine
 * @property {string} program
 * @property {string} [keep] folder that the database is kept in
 * @property {number} preloadConnections
 */

/**
 * A database that the stage may change, and how it came to be.
 *
 * @param {Context} context
 * @param {number} rows customers it must hold
 */
export async function prepareDatabase(context, rows) {
  const { engine, program, keep } = context;
  if (keep === undefined || rows === 0) {
    const database = await engine.newDatabase();
    const credentials = await createDatabase({ program, url: database.url });
    const preload = await fill({ ...context, database, credentials }, { from: 0, to: rows });
    return { database, credentials, preload };
  }
  const { kept, credentials, preload } = await prepareKept(context, rows);
  const database = await kept.copy();
  await migrate({ program, url: database.url, masterKey: credentials.masterKey });
  return { database, credentials, preload };
}

/** Makes or extends the kept database; its record is written last, so a half-made one is never used. */
async function prepareKept(context, rows) {
  const { engine, program, keep } = context;
  mkdirSync(keep, { recursive: true });
  const kept = engine.keptDatabase(keep);
  const file = join(keep, engine.recordName);
  const record = (await kept.exists()) ? readRecord(file) : undefined;
  if (record !== undefined && record.rows > rows) {
    throw new Error(`${keep} holds ${record.rows} customers, more than ${rows}; choose another folder.`);
  }
  if (record?.rows === rows) {
    say(`using the ${rows} customers kept in ${keep}`);
    return { kept, credentials: record.credentials, preload: undefined };
  }
  rmSync(file, { force: true });
  if (record === undefined) await kept.clear();
  const credentials = record?.credentials ?? (await createDatabase({ program, url: kept.url }));
  if (record !== undefined) await migrate({ program, url: kept.url, masterKey: credentials.masterKey });
  const preload = await fill({ ...context, database: kept, credentials }, { from: record?.rows ?? 0, to: rows });
  writeFileSync(file, `${JSON.stringify({ rows, credentials })}\n`, { mode: 0o600 });
  return { kept, credentials, preload };
}

/** Preloads through a server of its own, whose end also writes back what SQLite holds beside the database. */
async function fill({ program, database, credentials, preloadConnections }, { from, to }) {
  if (to === from) return undefined;
  const server = await startServers({ program, url: database.url, credentials });
  const memory = watchPeakMemory(server.pids);
  const result = await preloadCustomers(server, { from, to, connections: preloadConnections });
  const peakMemoryBytes = memory.stop();
  await server.stop();
  await database.settle();
  return { ...result, peakMemoryBytes };
}

function readRecord(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}
