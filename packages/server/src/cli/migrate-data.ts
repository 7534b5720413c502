import type { Command } from 'commander';
import { type MoveReport, moveDatabase } from '../storage/moving/move-database.js';
import { findSqliteFile, isPostgresUrl } from '../storage/open-storage.js';
import { WrongUsage } from './command-failure.js';
import { openMoveProgress } from './move-progress.js';
import { type OutputOptions, printList, printNote, printResult } from './print.js';

interface MigrateDataOptions extends OutputOptions {
  readonly from: string;
  readonly to: string;
}

/** `countersign migrate-data`, contract §6. */
export function migrateDataCommand(command: Command): Command {
  return command
    .description('move everything from one database into an empty one; run again, it goes on where it was')
    .requiredOption('--from <url>', 'the database to move; no server may have it open')
    .requiredOption('--to <url>', 'an empty database, such as postgres://user@host/database')
    .option('--json', 'print one JSON document')
    .action(async (options: MigrateDataOptions) => {
      requireUrl(options.from, '--from');
      requireUrl(options.to, '--to');
      const startedAt = Date.now();
      const { tables } = await moveWithProgress(options);
      printReport(tables, { seconds: (Date.now() - startedAt) / 1_000, options });
    });
}

function requireUrl(url: string, flag: string): void {
  if (findSqliteFile(url) !== undefined || isPostgresUrl(url)) return;
  throw new WrongUsage(`${flag} must be sqlite: and a path, or postgres:// with host and database.`);
}

async function moveWithProgress({ from, to }: MigrateDataOptions): Promise<MoveReport> {
  const progress = openMoveProgress(process.stderr);
  try {
    return await moveDatabase({ from, to, watcher: progress });
  } finally {
    progress.stop();
  }
}

function printReport(
  tables: MoveReport['tables'],
  { seconds, options }: { readonly seconds: number; readonly options: OutputOptions },
): void {
  if (options.json === true) {
    printResult({ seconds, tables }, options);
    return;
  }
  printList(
    'tables',
    { items: tables, cells: ({ name, rows, checksum }) => ({ table: name, rows, checksum }) },
    options,
  );
  printNote(`Everything is there, and the same on both sides. It took ${Math.round(seconds)} seconds.`);
}
