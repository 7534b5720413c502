import type { Command } from 'commander';
import type { AppOverview } from '../../identity/apps/app-store.js';
import { type Cell, type OutputOptions, printResult } from '../print.js';
import { type DatabaseOptions, readCommandSettings, withStorage } from '../with-storage.js';
import { type AppDetails, appOfFlag } from './app-of-flag.js';

/** `countersign app show`, contract §6. */
export function appShowCommand(command: Command): Command {
  return command
    .description('show an app, without its secrets')
    .requiredOption('--client-id <id>', 'client id of the app')
    .option('--database-url <url>', 'the database')
    .option('--json', 'print one JSON document')
    .action(async (options: DatabaseOptions & OutputOptions & { readonly clientId: string }) => {
      const app = await withStorage(readCommandSettings(options), (storage) => appOfFlag(storage, options.clientId));
      printApp(app, options);
    });
}

/** Prints an app. */
export function printApp(app: AppDetails, options: OutputOptions): void {
  const { connectedTeams } = app;
  printResult(options.json === true ? app : { ...appForPeople(app), connectedTeams }, options);
}

/** An app's fields as people read them. */
export function appForPeople(app: AppOverview): Readonly<Record<string, Cell>> {
  const { clientId, name, status, createdAt, liveSecrets, rateLimit, redirectUris } = app;
  return {
    clientId,
    name,
    status,
    createdAt,
    liveSecrets,
    rateLimit: rateLimit === null ? 'default' : rateLimit || 'none',
    redirectUris: redirectUris.join(' '),
  };
}
