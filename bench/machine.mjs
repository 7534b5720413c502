/** What the benchmark ran on, for reading its numbers. */
import { closeSync, fdatasyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { median } from './report.mjs';

const TMPFS_TYPE = 0x01021994;
const SYNC_BLOCK = Buffer.alloc(4096, 1);
const SYNC_COUNT = 100;

/**
 * Describes the machine and the disk that the databases are on.
 *
 * @param {string} directory a folder on that disk
 */
export function describeMachine(directory) {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${type()} ${release()}`,
    node: process.version,
    diskSyncMs: measureDiskSync(directory),
    isMemoryDisk: statfsSync(directory).type === TMPFS_TYPE,
  };
}

/** Median milliseconds in which the disk takes 4 KiB for good: the price of one durable commit. */
function measureDiskSync(directory) {
  const file = join(directory, 'disk-sync');
  const descriptor = openSync(file, 'w');
  const times = [];
  for (let index = 0; index < SYNC_COUNT; index++) {
    const started = performance.now();
    writeSync(descriptor, SYNC_BLOCK);
    fdatasyncSync(descriptor);
    times.push(performance.now() - started);
  }
  closeSync(descriptor);
  rmSync(file);
  return median(times);
}
