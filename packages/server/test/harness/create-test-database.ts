import { inject } from 'vitest';
import { createPostgresDatabase } from './postgres-database.js';
import { createSqliteDatabase } from './sqlite-database.js';
import type { Engine, TestDatabase } from './test-database.js';

declare module 'vitest' {
  interface ProvidedContext {
    /** The engine that this project's servers store in. */
    readonly engine: Engine;
  }
}

/** Makes a database on the engine that this test runs on; on SQLite it lies in the folder. */
export async function createTestDatabase(folder: string): Promise<TestDatabase> {
  return inject('engine') === 'postgres' ? createPostgresDatabase() : createSqliteDatabase(folder);
}
