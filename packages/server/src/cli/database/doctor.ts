import { PartnerError } from '@countersign/contract';
import type { Command } from 'commander';
import { examineEmails } from '../../doctor/examine-emails.js';
import { examineKeys } from '../../doctor/examine-keys.js';
import { examinePublicUrl } from '../../doctor/examine-public-url.js';
import { type ExaminedSettings, examineSettings } from '../../doctor/examine-settings.js';
import { type Finding, findingsOf } from '../../doctor/finding.js';
import { findNodeFault } from '../../node-versions.js';
import { examineRedis } from '../../shared-state/examine-redis.js';
import { type ExaminedDatabase, examineDatabase } from '../../storage/examine-database.js';
import type { Reader } from '../../storage/storage.js';
import { StorageUnusable } from '../../storage/storage-unusable.js';
import { cellText, type OutputOptions } from '../print.js';
import { type DatabaseOptions, environmentWithKey, settingFlags, withStorage } from '../with-storage.js';

/** `countersign doctor`, contract §6. */
export function doctorCommand(command: Command): Command {
  return command
    .description('look at settings, database, keys, clock, Redis and certificates, and say what to do; changes nothing')
    .option('--database-url <url>', 'the database')
    .option('--json', 'print one JSON document')
    .addHelpText('after', DOCTOR_HELP)
    .action(async (options: DatabaseOptions & OutputOptions) => {
      const findings = await examine(options);
      const isWell = findings.every(({ status }) => status !== 'problem');
      process.stdout.write(options.json === true ? `${JSON.stringify({ ok: isWell, findings })}\n` : linesOf(findings));
      if (!isWell) process.exitCode = 1;
    });
}

const DOCTOR_HELP = `
Each line is "ok", "warning" or "problem", what was looked at, what was found, and what to do. Ends with 0 when there is no
problem, and with 1 when there is one.
`;

async function examine(options: DatabaseOptions): Promise<Finding[]> {
  const examined = examineSettings(environmentWithKey({ ...process.env, ...settingFlags(options) }));
  const { replicaUrl, redisUrl, publicUrl } = examined.settings;
  const database = await databaseOf(examined);
  return [
    examineNode(),
    ...examined.findings,
    ...database.findings,
    ...(replicaUrl === undefined ? [] : await examineReplica(replicaUrl)),
    ...(await recordsOf(examined, database.isCurrent)),
    ...(redisUrl === undefined ? [] : await examineRedis(redisUrl)),
    ...(publicUrl === undefined ? [] : await examinePublicUrl(publicUrl)),
  ];
}

function examineNode(): Finding {
  const { ok, problem } = findingsOf('Node.js');
  const [fault, remedy = ''] = findNodeFault(process.versions.node)?.split(': ') ?? [];
  return fault === undefined ? ok(process.versions.node) : problem(fault, remedy);
}

// A replica takes no writes, and that is right.
async function examineReplica(url: string): Promise<Finding[]> {
  const { ok, warning } = findingsOf('replica');
  const { findings, isCurrent } = await examineDatabase(url, 0);
  if (isCurrent) return [ok('it answers')];
  const message =
    findings.find(({ status }) => status === 'problem')?.message ?? 'it has not the schema of the database';
  return [warning(message, 'lists and searches are read from the primary until it answers')];
}

async function databaseOf({ settings, refused }: ExaminedSettings): Promise<ExaminedDatabase> {
  if (refused.has('COUNTERSIGN_DATABASE_URL')) return { findings: [], isCurrent: false };
  const isCountKnown = !refused.has('COUNTERSIGN_WORKERS') && !refused.has('COUNTERSIGN_DATABASE_CONNECTIONS');
  return examineDatabase(settings.databaseUrl, isCountKnown ? settings.workers * settings.databaseConnections : 0);
}

async function recordsOf({ settings, refused }: ExaminedSettings, isCurrent: boolean): Promise<Finding[]> {
  const keysOf = async (reader?: Reader) =>
    refused.has('COUNTERSIGN_MASTER_KEY') ? [] : examineKeys(settings, reader);
  if (!isCurrent) return keysOf();
  try {
    return await withStorage(settings, async (storage) => [
      ...(await keysOf(storage)),
      ...(await examineEmails(storage)),
    ]);
  } catch (error) {
    const isFault = error instanceof StorageUnusable || (error instanceof PartnerError && error.code === 'unavailable');
    if (!isFault) throw error;
    return [findingsOf('database').problem(error.message.replace(/\.$/, ''), 'see that nothing else keeps it')];
  }
}

function linesOf(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ check }) => check.length));
  return findings
    .map(({ check, status, message, remedy }) => {
      const told = remedy === null ? message : `${message}: ${remedy}`;
      return `${status.padEnd('problem'.length)}  ${check.padEnd(width)}  ${cellText(told)}\n`;
    })
    .join('');
}
