/** Memory and processor time of other processes: from /proc where there is one, else from ps. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

const hasProc = existsSync('/proc/self/status');
const CLOCK_TICKS_PER_SECOND = 100;
const SAMPLE_INTERVAL_MS = 500;

/**
 * Watches the memory of a process until `stop`, which gives its peak in bytes (undefined when it can't be read).
 *
 * The kernel's own high-water mark is used on Linux; elsewhere the resident size is sampled twice a second.
 *
 * @param {number} pid
 */
export function watchPeakMemory(pid) {
  let peakBytes = readMemoryBytes(pid);
  const sample = () => {
    const bytes = readMemoryBytes(pid);
    if (bytes !== undefined) peakBytes = Math.max(peakBytes ?? 0, bytes);
    return peakBytes;
  };
  const timer = setInterval(sample, SAMPLE_INTERVAL_MS);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      return sample();
    },
  };
}

/** Processor seconds that a process has used so far, all threads together; undefined where there is no /proc. */
function cpuSeconds(pid) {
  if (!hasProc || pid === undefined) return undefined;
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[11]) + Number(fields[12])) / CLOCK_TICKS_PER_SECOND;
  } catch {
    return undefined;
  }
}

/**
 * Watches the processor time of a process until `stop`, which gives the seconds used meanwhile.
 *
 * @param {number | undefined} pid
 */
export function watchCpu(pid) {
  const start = cpuSeconds(pid);
  let latest = start;
  const sample = () => {
    latest = cpuSeconds(pid) ?? latest;
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

function readMemoryBytes(pid) {
  try {
    if (hasProc) return Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' })) * 1024;
  } catch {
    return undefined;
  }
}
