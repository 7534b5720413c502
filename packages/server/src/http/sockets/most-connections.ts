import { readFileSync } from 'node:fs';

/** Most connections of a process, where its descriptors allow as many. */
const MOST = 10_000;
/** The least share of the descriptors that files, the database and deliveries keep, and the least number of them. */
const KEPT_SHARE = 0.25;
const KEPT = 128;

/** How many connections a process takes: what its limit on open files leaves (`ulimit -n`), and 10,000 at most. */
export function mostConnections(): number {
  const descriptors = descriptorLimit();
  const left = descriptors - Math.max(KEPT, descriptors * KEPT_SHARE);
  return Math.max(16, Math.min(MOST, Math.floor(left)));
}

// Only Linux tells; elsewhere the system's own refusal is what is left.
function descriptorLimit(): number {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit);
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
