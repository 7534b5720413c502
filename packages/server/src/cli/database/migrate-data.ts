import type { Command } from 'commander';
import { findSqliteFile, isPostgresUrl } from '../../storage/open-storage.js';
import { type TransferReport, transferDatabase } from '../../storage/transfer/transfer-database.js';
import { WrongUsage } from '../command-failure.js';
import { type OutputOptions, printList, printNote, printResult } from '../print.js';
import { openTransferProgress } from './transfer-progress.js';

interface MigrateDataOptions extends OutputOptions {
  readonly from?: string;
  readonly to?: string;
}

/** The two databases of a transfer, by their URLs. */
interface Ends {
  readonly from: string;
  readonly to: string;
}

/** `countersign migrate-data`, contract §6. */
export function migrateDataCommand(command: Command): Command {
  return command
    .description('move everything from one database into an empty one; run again, it goes on where it was')
    .option('--from <url>', 'the database to move; no server may have it open')
    .option('--to <url>', 'an empty database, such as postgres://user@host/database')
    .option('--json', 'print one JSON document')
    .addHelpText('after', MIGRATE_DATA_HELP)
    .action(async (options: MigrateDataOptions) => {
      const from = parseUrlFlag(options.from ?? process.env.COUNTERSIGN_FROM_DATABASE_URL, '--from');
      const to = parseUrlFlag(options.to ?? process.env.COUNTERSIGN_TO_DATABASE_URL, '--to');
      const startedAt = Date.now();
      const { tables } = await transferWithProgress({ from, to });
      printReport(tables, { seconds: (Date.now() - startedAt) / 1_000, options });
    });
}

const MIGRATE_DATA_HELP = `
What has a password belongs into COUNTERSIGN_FROM_DATABASE_URL and COUNTERSIGN_TO_DATABASE_URL, which stand in for --from and
--to: arguments can be read by everybody on the machine. PGPASSWORD and ~/.pgpass do, too.
`;

function parseUrlFlag(url: string | undefined, flag: string): string {
  if (url !== undefined && (findSqliteFile(url) !== undefined || isPostgresUrl(url))) return url;
  const variable = `COUNTERSIGN_${flag.slice(2).toUpperCase()}_DATABASE_URL`;
  throw new WrongUsage(
    `${flag} must be sqlite: and a path, or postgres:// with host and database; ${variable} can stand in for it.`,
  );
}

async function transferWithProgress({ from, to }: Ends): Promise<TransferReport> {
  const progress = openTransferProgress(process.stderr);
  try {
    return await transferDatabase({ from, to, watcher: progress });
  } finally {
    progress.stop();
  }
}

function printReport(
  tables: TransferReport['tables'],
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
