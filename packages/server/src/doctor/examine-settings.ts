import { isIP } from 'node:net';
import { InvalidSetting } from '../setting-values.js';
import { OTHER_VARIABLES, readSettings, SETTINGS, type Settings } from '../settings.js';
import { type Finding, findingsOf } from './finding.js';

const { ok, warning, problem } = findingsOf('settings');

/** The settings of an environment without those that can't be used, and what was found of them. */
export interface ExaminedSettings {
  readonly settings: Settings;
  readonly findings: readonly Finding[];
  /** Names of those that can't be used: what the settings say of them means nothing. */
  readonly refused: ReadonlySet<string>;
}

// Without it, other settings would be held against the database that is the default.
const STAND_INS = new Map([['COUNTERSIGN_DATABASE_URL', 'postgres://unknown']]);

/** Looks at every variable: whether it is one of this program, whether it can be used, and whether they fit together. */
export function examineSettings(environment: NodeJS.ProcessEnv): ExaminedSettings {
  const faults = Object.keys(environment)
    .filter((name) => name.startsWith('COUNTERSIGN_') && !isKnown(name))
    .map(unknownVariable);
  const usable = { ...environment };
  const refused = new Set<string>();
  for (;;) {
    try {
      const settings = readSettings(usable);
      const findings = [...faults, ...examineTogether(settings, refused)];
      return {
        settings,
        refused,
        findings: findings.length > 0 ? findings : [ok('every variable is known and can be used')],
      };
    } catch (error) {
      if (!(error instanceof InvalidSetting)) throw error;
      if (refused.has(error.setting)) throw error;
      refused.add(error.setting);
      usable[error.setting] = STAND_INS.get(error.setting) ?? '';
      faults.push(problem(error.message.replace(/\.$/, ''), 'correct it'));
    }
  }
}

function isKnown(name: string): boolean {
  return name in SETTINGS || OTHER_VARIABLES.includes(name);
}

function unknownVariable(name: string): Finding {
  const known = [...Object.keys(SETTINGS), ...OTHER_VARIABLES];
  const [nearest] = known.map((candidate) => ({ candidate, distance: editDistance(name, candidate) })).sort(byDistance);
  const isNear = nearest !== undefined && nearest.distance <= 3;
  return warning(`${name} is no setting of this program`, isNear ? `write ${nearest.candidate}` : 'remove it');
}

function byDistance(one: { readonly distance: number }, other: { readonly distance: number }): number {
  return one.distance - other.distance;
}

// Levenshtein's, row by row.
function editDistance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of [...one].entries()) {
    const next = [index + 1];
    for (const [column, candidate] of [...other].entries()) {
      const replaced = (row[column] ?? 0) + (letter === candidate ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[other.length] ?? 0;
}

function examineTogether(
  { publicUrl, host, trustedProxies, isDevelopment }: Settings,
  refused: ReadonlySet<string>,
): Finding[] {
  const findings: Finding[] = [];
  const isPublic = publicUrl !== undefined && !isLoopback(new URL(publicUrl).hostname);
  if (isPublic && publicUrl.startsWith('http:')) {
    const message = 'COUNTERSIGN_PUBLIC_URL is http: passwords and cookies cross the network in the clear';
    findings.push(warning(message, 'put a proxy with TLS in front, and name its https origin'));
  }
  if (isPublic && trustedProxies.length === 0 && !refused.has('COUNTERSIGN_TRUSTED_PROXIES')) {
    const message =
      'COUNTERSIGN_PUBLIC_URL names a proxy, and COUNTERSIGN_TRUSTED_PROXIES none: all people count as one address';
    findings.push(warning(message, "set COUNTERSIGN_TRUSTED_PROXIES to the proxy's address"));
  }
  if (publicUrl === undefined && !isLoopback(host) && !refused.has('COUNTERSIGN_PUBLIC_URL')) {
    const message = `the server listens on ${host}, and COUNTERSIGN_PUBLIC_URL is not set: links lead to where it listens`;
    findings.push(warning(message, 'set it to the https origin that people reach the server at'));
  }
  if (isPublic && isDevelopment) {
    const message = 'COUNTERSIGN_DEVELOPMENT explains wrong signatures to everybody';
    findings.push(warning(message, 'unset it where others reach the server'));
  }
  return findings;
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}
