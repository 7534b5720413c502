import { execFileSync } from 'node:child_process';
import { makeTemporaryFolder, removeFolder } from '../harness/program.js';

/** A folder on a disk that fills up, for one server process. */
export interface SmallDisk {
  /** What makes it small. */
  readonly kind: string;
  readonly folder: string;
  /** Makes it small for this process. */
  shrink(pid: number, bytes: number): void;
  /** Gives it space again. */
  grow(pid: number): void;
  remove(): void;
}

const PLENTY = '1g';

/**
 * A file system of its own in memory, which says ENOSPC when it is full; where mounting is not allowed, a loud word and
 * {@link openLimitedFolder} instead.
 */
export function openSmallDisk(bytes: number): SmallDisk {
  const folder = makeTemporaryFolder();
  const mount = (options: string) => run('mount', ['-o', options, '-t', 'tmpfs', 'tmpfs', folder]);
  try {
    mount(`size=${bytes}`);
  } catch {
    removeFolder(folder);
    console.warn('full disk: cannot mount a small file system here; a limit of the size of files stands in for it');
    return openLimitedFolder();
  }
  const resize = (size: string) => run('mount', ['-o', `remount,size=${size}`, folder]);
  return {
    kind: 'a small file system',
    folder,
    shrink: (_pid, size) => resize(String(size)),
    grow: () => resize(PLENTY),
    remove() {
      run('umount', ['--lazy', folder]);
      removeFolder(folder);
    },
  };
}

/** A folder whose process gets EFBIG for each file beyond a size; works without special rights. */
export function openLimitedFolder(): SmallDisk {
  const folder = makeTemporaryFolder();
  const limit = (pid: number, size: string) => run('prlimit', ['--pid', String(pid), `--fsize=${size}:unlimited`]);
  return {
    kind: 'a limit of the size of files',
    folder,
    shrink: (pid, size) => limit(pid, String(size)),
    grow: (pid) => limit(pid, 'unlimited'),
    remove: () => removeFolder(folder),
  };
}

// Tools of util-linux, which every Linux has.
function run(command: string, args: readonly string[]): void {
  execFileSync(command, args, { stdio: 'pipe' });
}
