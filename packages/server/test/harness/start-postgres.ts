import type { TestProject } from 'vitest/node';
import { reachPostgresPrograms } from './postgres-programs.js';
import { besidePostgresUrl, newDatabaseName, runPostgresSql } from './postgres-sql.js';
import { startPrivatePostgres } from './private-postgres.js';
import { makeTemporaryFolder, removeFolder, runProgram } from './program.js';

/**
 * Gives the tests a PostgreSQL server with a migrated template, and takes it away again: the one of `TEST_POSTGRES_URL`,
 * by a user who may make databases, or else one of its own. Vitest calls this once before the tests that need it.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = makeTemporaryFolder();
  reachPostgresPrograms(folder);
  const given = process.env.TEST_POSTGRES_URL || undefined;
  const own = given === undefined ? await startPrivatePostgres() : undefined;
  const url = given ?? own?.urlOf('postgres') ?? '';
  const template = newDatabaseName('template');
  await createTemplate(url, template);
  project.provide('postgres', { url, template });
  return async () => {
    await runPostgresSql(url, `drop database ${template}`);
    await own?.remove();
    removeFolder(folder);
  };
}

async function createTemplate(url: string, template: string): Promise<void> {
  await runPostgresSql(url, `create database ${template} encoding 'UTF8' template template0`);
  const environment = { COUNTERSIGN_DATABASE_URL: besidePostgresUrl(url, template) };
  const { exitCode, stderr } = await runProgram(['migrate'], { environment });
  if (exitCode !== 0) throw new Error(`the template was not migrated: ${stderr}`);
}
