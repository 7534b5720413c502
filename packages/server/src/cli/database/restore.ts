import type { Command } from 'commander';
import { schemaVersion } from '../../storage/migrations/migrations.js';
import { restoreFile } from '../../storage/sqlite/files/restore-file.js';
import { type OutputOptions, printNote, printResult } from '../print.js';
import { type DatabaseOptions, readCommandSettings } from '../with-storage.js';
import { parseSqliteUrl } from './backup.js';

interface RestoreOptions extends DatabaseOptions, OutputOptions {
  readonly replace?: boolean;
}

/** `countersign restore`, contract §6. */
export function restoreCommand(command: Command): Command {
  return command
    .description('put a backup in the place of an SQLite database; stop the server first')
    .argument('<file>', 'a file that "countersign backup" wrote')
    .option('--replace', 'replace the database that is there')
    .option('--database-url <url>', 'the database')
    .option('--json', 'print one JSON document')
    .action((file: string, options: RestoreOptions) => {
      const database = parseSqliteUrl(readCommandSettings(options).databaseUrl);
      const restored = restoreFile({ from: file, to: database, replace: options.replace === true });
      printResult({ database, ...restored }, options);
      if (restored.schemaVersion < schemaVersion()) {
        printNote('The backup has an older schema: run "countersign migrate" before a server starts.');
      }
    });
}
