import type { Command } from 'commander';
import { COMMAND_LINE } from '../../audit/audit-store.js';
import { deleteApp } from '../../identity/apps/app-changes-store.js';
import { WrongUsage } from '../command-failure.js';
import { type OutputOptions, printResult } from '../print.js';
import { type DatabaseOptions, readCommandSettings, withStorage } from '../with-storage.js';
import { type AppDetails, appOfFlag, noSuchApp } from './app-of-flag.js';

interface DeleteOptions extends DatabaseOptions, OutputOptions {
  readonly clientId: string;
  readonly yes?: boolean;
}

/** `countersign app delete`, contract §6. */
export function appDeleteCommand(command: Command): Command {
  return command
    .description('delete an app for good, and end all its tokens')
    .requiredOption('--client-id <id>', 'client id of the app')
    .option('--yes', 'do it; without this flag the command only says what would end')
    .option('--database-url <url>', 'the database')
    .option('--json', 'print one JSON document')
    .action(async (options: DeleteOptions) => {
      const { clientId } = options;
      const outcome = await withStorage(readCommandSettings(options), async (storage) => {
        if (options.yes !== true) throw new WrongUsage(consequences(await appOfFlag(storage, clientId)));
        return storage.write(deleteApp, { clientId, origin: COMMAND_LINE });
      });
      if (outcome === 'no_such_app') throw noSuchApp();
      printResult({ clientId, status: 'deleted' }, options);
    });
}

function consequences({ name, liveSecrets, redirectUris, connectedTeams }: AppDetails): string {
  const ends = [
    counted(liveSecrets, 'secret'),
    counted(redirectUris.length, 'redirect URI'),
    `its access to ${counted(connectedTeams, 'team')} with every token`,
  ];
  return `Deleting the app ${JSON.stringify(name)} ends for good: ${ends.join(', ')}. Say --yes to do it.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
