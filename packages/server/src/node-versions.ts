/**
 * The first release of each line of Node.js in which keys that look like numbers are hashed with a secret (CVE-2026-21717,
 * closed on 2026-03-24; the lines from 26 on began with it). Before, one unsigned megabyte of JSON held a process for 13
 * seconds. These are the versions that `engines` in package.json allows.
 */
const FIRST_SAFE = new Map([
  [20, [20, 2]],
  [22, [22, 2]],
  [24, [14, 1]],
  [25, [8, 2]],
]);
const FIRST_SAFE_LINE = 26;

/** What is wrong with serving on a version of Node.js, such as `20.19.0`, with the one to take; undefined when nothing is. */
export function findNodeFault(version: string): string | undefined {
  const [line = 0, minor = 0, patch = 0] = version.split('.').map((part) => Number.parseInt(part, 10));
  const [safeMinor, safePatch] = FIRST_SAFE.get(line) ?? [];
  if (safeMinor !== undefined && safePatch !== undefined) {
    if (minor > safeMinor || (minor === safeMinor && patch >= safePatch)) return undefined;
    return fault(version, `${line}.${safeMinor}.${safePatch} or newer`);
  }
  return line >= FIRST_SAFE_LINE ? undefined : fault(version, `the newest of ${newerLines(line)}`);
}

function fault(version: string, remedy: string): string {
  return `Node.js ${version} has a known hole through which one request can stop the server (CVE-2026-21717): take ${remedy}`;
}

function newerLines(line: number): string {
  return [...FIRST_SAFE.keys()].filter((safe) => safe > line && safe % 2 === 0).join(' or ');
}
