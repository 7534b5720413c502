import type { Command } from 'commander';
import { schemaVersion } from '../storage/migrations/migrations.js';
import { type OutputOptions, printResult } from './print.js';
import { type DatabaseOptions, readCommandSettings, withStorage } from './with-storage.js';

/** `countersign migrate`, contract §6. */
export function migrateCommand(command: Command): Command {
  return command
    .description('bring the database to this version; safe to run again')
    .option('--database-url <url>', 'the database')
    .option('--json', 'print one JSON document')
    .action(async (options: DatabaseOptions & OutputOptions) => {
      await withStorage(readCommandSettings(options), (storage) => storage.verify(), { migrate: true });
      printResult({ schemaVersion: schemaVersion() }, options);
    });
}
