import { DatabaseSync } from '@photostructure/sqlite';
import type { TestServer } from './server.js';

/** Runs SQL on the database of a server beside it: to make time pass, or to look at what is stored. */
export function runSql(server: TestServer, text: string): Record<string, unknown>[] {
  const database = new DatabaseSync(server.databaseFile);
  try {
    return database.prepare(text).all();
  } finally {
    database.close();
  }
}
