import { type Finding, findingsOf } from '../doctor/finding.js';
import { schemaVersion } from './migrations/migrations.js';
import { describeDatabase, findSqliteFile, unusable } from './open-storage.js';
import { examinePostgres } from './postgres/schema/examine-postgres.js';
import { SchemaMismatch } from './schema-version.js';
import { examineSqlite } from './sqlite/files/examine-sqlite.js';
import { DAMAGE_REMEDY, isDamaged } from './sqlite/storage-fault.js';
import { StorageUnusable } from './storage-unusable.js';

const { ok, warning, problem } = findingsOf('database');

/** What was found of a database. */
export interface ExaminedDatabase {
  readonly findings: readonly Finding[];
  /** Whether it can be opened as it is: it answers, and has this program's schema. */
  readonly isCurrent: boolean;
}

/** Looks at a database, and changes nothing; `connections` is how many all processes of this program make at most. */
export async function examineDatabase(url: string, connections: number): Promise<ExaminedDatabase> {
  const name = describeDatabase(url);
  try {
    const file = findSqliteFile(url);
    const { version, findings } = file === undefined ? await examinePostgres(url, connections) : examineSqlite(file);
    const schema = version === undefined ? [] : [schemaFinding(name, version)];
    const all = [...schema, ...findings];
    return { findings: all, isCurrent: version === schemaVersion() };
  } catch (error) {
    const fault = unusable(name, error);
    if (!(fault instanceof StorageUnusable)) throw fault;
    // The sentence of a damaged file has its remedy behind a colon of its own.
    const remedy = isDamaged(error) ? DAMAGE_REMEDY : 'see that it runs, and that COUNTERSIGN_DATABASE_URL is right';
    const message = fault.message.replace(`: ${DAMAGE_REMEDY}`, '').replace(/\.$/, '');
    return { findings: [problem(message, remedy)], isCurrent: false };
  }
}

function schemaFinding(name: string, version: number): Finding {
  if (version === schemaVersion()) return ok(`${name} answers, and has schema version ${version}`);
  if (version === 0) return warning(`${name} is empty`, 'run "countersign migrate", or start the server');
  const [message = '', remedy = ''] = new SchemaMismatch(version).message.replace(/\.$/, '').split(': ');
  return problem(message, remedy);
}
