import type { Command } from 'commander';
import { findSqliteFile } from '../../storage/open-storage.js';
import { backUpFile } from '../../storage/sqlite/files/back-up-file.js';
import { CommandFailure } from '../command-failure.js';
import { type OutputOptions, printResult } from '../print.js';
import { type DatabaseOptions, readCommandSettings } from '../with-storage.js';

/** `countersign backup`, contract §6. */
export function backupCommand(command: Command): Command {
  return command
    .description('copy an SQLite database into one file, while a server may be running')
    .argument('<file>', 'a file that is not there yet')
    .option('--database-url <url>', 'the database')
    .option('--json', 'print one JSON document')
    .action((file: string, options: DatabaseOptions & OutputOptions) => {
      const database = parseSqliteUrl(readCommandSettings(options).databaseUrl);
      printResult({ file, ...backUpFile({ from: database, to: file }) }, options);
    });
}

/** The file of an SQLite database. @throws CommandFailure for a PostgreSQL, which has tools of its own for this */
export function parseSqliteUrl(url: string): string {
  const file = findSqliteFile(url);
  if (file !== undefined) return file;
  throw new CommandFailure(
    'This command is for SQLite: back PostgreSQL up with pg_dump or a base backup and its log, as docs/backup.md shows.',
  );
}
