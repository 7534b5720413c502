import { accessSync, constants, existsSync, statfsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { type Finding, findingsOf } from '../../../doctor/finding.js';
import { SqliteConnection } from '../connection.js';
import { DAMAGE_REMEDY } from '../storage-fault.js';
import { findSchemaVersion } from './migrate-sqlite.js';

const { warning, problem } = findingsOf('database');

/** Less free disk than this is told of, in bytes; below the second, writes fail soon. */
const LITTLE_BYTES = 1_073_741_824;
const TOO_LITTLE_BYTES = 67_108_864;
const MEGABYTE = 1_048_576;

/** Looks at an SQLite file, and gives its schema version: 0 for an empty one, undefined where none can be read. */
export function examineSqlite(file: string): { readonly version: number | undefined; readonly findings: Finding[] } {
  if (!existsSync(file)) {
    const message = `there is no database ${file} yet`;
    return {
      version: undefined,
      findings: [warning(message, 'start the server, which makes it, or correct the path')],
    };
  }
  const findings = [...examineRights(file), ...examineDisk(file)];
  const connection = new SqliteConnection(file, 'copier');
  try {
    const [check] = connection.allText<{ quick_check: string }>('pragma quick_check(1)', []);
    if (check?.quick_check === 'ok') return { version: findSchemaVersion(connection), findings };
    return {
      version: undefined,
      findings: [...findings, problem(`the database file ${file} is damaged`, DAMAGE_REMEDY)],
    };
  } finally {
    connection.close();
  }
}

function examineRights(file: string): Finding[] {
  try {
    for (const path of [file, dirname(file)]) accessSync(path, constants.W_OK);
    return [];
  } catch {
    return [problem('its file or folder cannot be written to', 'give them to the user that the server runs as')];
  }
}

function examineDisk(file: string): Finding[] {
  const { bavail, bsize } = statfsSync(dirname(file));
  const free = bavail * bsize;
  const message = `its disk has ${Math.floor(free / MEGABYTE)} MiB left`;
  if (free < TOO_LITTLE_BYTES) return [problem(message, 'make room: writes are refused when it is full')];
  return free < Math.max(LITTLE_BYTES, statSync(file).size) ? [warning(message, 'make room')] : [];
}
