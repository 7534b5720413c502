/** Memory and processor time of other processes: from /proc where there is one, else from ps. */
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

const hasProc = existsSync('/proc/self/status');
const CLOCK_TICKS_PER_SECOND = 100;
const SAMPLE_INTERVAL_MS = 500;

/**
 * Watches the memory of processes until `stop`, which gives the sum of their peaks in bytes (undefined when it can't be
 * read).
 *
 * The kernel's own high-water mark is used on Linux; elsewhere the resident size is sampled twice a second.
 *
 * @param {readonly number[]} pids
 */
export function watchPeakMemory(pids) {
  const peaks = new Map();
  const sample = () => {
    for (const pid of pids) {
      const bytes = readMemoryBytes(pid);
      if (bytes !== undefined) peaks.set(pid, Math.max(peaks.get(pid) ?? 0, bytes));
    }
  };
  sample();
  const timer = setInterval(sample, SAMPLE_INTERVAL_MS);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      sample();
      return peaks.size === 0 ? undefined : [...peaks.values()].reduce((sum, bytes) => sum + bytes, 0);
    },
  };
}

/**
 * Watches the processor time of processes, all of their threads together, until `stop`, which gives the seconds used
 * meanwhile; undefined where there is no /proc.
 *
 * @param {readonly number[]} pids
 */
export function watchCpu(pids) {
  return watchSeconds(() => sumOf(pids.map((pid) => ownSeconds(readStat(pid)))));
}

/**
 * The same for a process and all children that it ever had, such as a database server with a process for each connection.
 *
 * @param {number | undefined} pid
 */
export function watchFamilyCpu(pid) {
  return watchSeconds(() => familySeconds(pid));
}

/** The process that started another one, or undefined where that can't be read. @param {number} pid */
export function parentPid(pid) {
  return readStat(pid)?.parent;
}

function watchSeconds(read) {
  const start = read();
  let latest = start;
  // A process that ends before `stop` was seen until shortly before.
  const sample = () => {
    latest = read() ?? latest;
  };
  const timer = setInterval(sample, SAMPLE_INTERVAL_MS);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      sample();
      return start === undefined ? undefined : latest - start;
    },
  };
}

function familySeconds(pid) {
  const parent = readStat(pid);
  if (parent === undefined) return undefined;
  const children = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(name))
    .filter((stat) => stat?.parent === pid);
  // A child that has ended is in its parent's own account.
  return children.reduce((sum, child) => sum + ownSeconds(child), ownSeconds(parent) + parent.endedChildren);
}

function ownSeconds(stat) {
  return stat?.own;
}

function sumOf(values) {
  return values.includes(undefined) ? undefined : values.reduce((sum, value) => sum + value, 0);
}

/** What the kernel says of a process, proc(5), in seconds; undefined where there is no such process or no /proc. */
function readStat(pid) {
  if (!hasProc || pid === undefined) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const seconds = (first) => (Number(fields[first]) + Number(fields[first + 1])) / CLOCK_TICKS_PER_SECOND;
    return { parent: Number(fields[1]), own: seconds(11), endedChildren: seconds(13) };
  } catch {
    return undefined;
  }
}

function readMemoryBytes(pid) {
  try {
    if (hasProc) return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
  } catch {
    return undefined;
  }
}
