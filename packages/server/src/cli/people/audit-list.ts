import { type Command, Option } from 'commander';
import { AUDIT_EVENTS, type AuditEvent, type AuditQuery, listAudit } from '../../audit/audit-store.js';
import { WrongUsage } from '../command-failure.js';
import { type OutputOptions, printList } from '../print.js';
import { type DatabaseOptions, readCommandSettings, withStorage } from '../with-storage.js';

const LARGEST_LIMIT = 1_000;

/** Milliseconds of a duration's unit. */
const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};
const DURATION = /^(\d{1,6})([smhdw])$/;
/** A day, or a time with its zone: without one it would mean another moment on another machine. */
const MOMENT = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:\d{2}))?$/;

interface AuditOptions extends DatabaseOptions, OutputOptions {
  readonly limit: string;
  readonly event?: AuditEvent;
  readonly since?: string;
  readonly before?: string;
}

/** `countersign audit list`, contract §6. */
export function auditListCommand(command: Command): Command {
  return command
    .description('list what was done, newest first')
    .option('--limit <number>', `most entries, up to ${LARGEST_LIMIT}`, '50')
    .addOption(new Option('--event <event>', 'entries of this event alone').choices(AUDIT_EVENTS))
    .option('--since <time>', 'entries from then on: 2026-01-31, 2026-01-31T08:00Z, or 30m, 24h, 7d ago')
    .option('--before <id>', 'entries older than the one with this id')
    .option('--database-url <url>', 'the database')
    .option('--json', 'print one JSON document')
    .action(async (options: AuditOptions) => {
      const query = parseQueryFlags(options);
      const items = await withStorage(readCommandSettings(options), (storage) => listAudit(storage, query));
      printList('entries', { items, cells: (entry) => ({ ...entry }) }, options);
    });
}

function parseQueryFlags({ limit, event, since, before }: AuditOptions): AuditQuery {
  return {
    limit: parseNumber(limit, { flag: '--limit', max: LARGEST_LIMIT }),
    event,
    since: since === undefined ? undefined : parseMoment(since),
    before: before === undefined ? undefined : parseNumber(before, { flag: '--before', max: Number.MAX_SAFE_INTEGER }),
  };
}

function parseNumber(text: string, { flag, max }: { readonly flag: string; readonly max: number }): number {
  const value = /^\d{1,16}$/.test(text) ? Number(text) : 0;
  if (value >= 1 && value <= max) return value;
  throw new WrongUsage(`${flag} must be a whole number from 1 to ${max}.`);
}

/** Milliseconds since 1970 of a moment, or of as long ago as a duration says. */
function parseMoment(text: string): number {
  const [, count, unit = ''] = DURATION.exec(text) ?? [];
  if (count !== undefined) return Date.now() - Number(count) * (UNITS_MS[unit] ?? 0);
  const time = MOMENT.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new WrongUsage('--since must be a day, a time with its zone, or a duration such as 30m, 24h or 7d.');
}
