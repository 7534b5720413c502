import type { Command } from 'commander';
import { rekeyEmails } from '../../rekey-records.js';
import { distributeStorage } from '../../storage/distribute-storage.js';
import { schemaVersion } from '../../storage/migrations/migrations.js';
import { type OutputOptions, printResult } from '../print.js';
import { type DatabaseOptions, readCommandSettings, withStorage } from '../with-storage.js';

/** Flags of `countersign migrate`. */
interface MigrateOptions extends DatabaseOptions, OutputOptions {
  readonly citus?: boolean;
}

/** `countersign migrate`, contract §6. */
export function migrateCommand(command: Command): Command {
  return command
    .description('bring the database to this version; safe to run again')
    .option('--database-url <url>', 'the database')
    .option(
      '--citus',
      'then spread its tables over the nodes of a Citus cluster, by team; the database is the coordinator’s',
    )
    .option('--json', 'print one JSON document')
    .action(async (options: MigrateOptions) => {
      const settings = readCommandSettings(options);
      await withStorage(settings, rekeyEmails, { migrate: true });
      const distribution = options.citus === true ? await distributeStorage(settings.databaseUrl) : {};
      printResult({ schemaVersion: schemaVersion(), ...distribution }, options);
    });
}
