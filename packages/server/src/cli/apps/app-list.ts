import type { Command } from 'commander';
import { listApps } from '../../identity/apps/app-store.js';
import { type OutputOptions, printList } from '../print.js';
import { type DatabaseOptions, readCommandSettings, withStorage } from '../with-storage.js';
import { appForPeople } from './app-show.js';

/** `countersign app list`, contract §6. */
export function appListCommand(command: Command): Command {
  return command
    .description('list the apps')
    .option('--database-url <url>', 'the database')
    .option('--json', 'print one JSON document')
    .action(async (options: DatabaseOptions & OutputOptions) => {
      const items = await withStorage(readCommandSettings(options), (storage) => listApps(storage));
      printList('apps', { items, cells: appForPeople }, options);
    });
}
