import type { Command } from 'commander';
import { COMMAND_LINE } from '../../audit/audit-store.js';
import { setAppStatus } from '../../identity/apps/app-changes-store.js';
import type { AppStatus } from '../../identity/apps/app-store.js';
import { type OutputOptions, printResult } from '../print.js';
import { type DatabaseOptions, readCommandSettings, withStorage } from '../with-storage.js';
import { noSuchApp } from './app-of-flag.js';

const DESCRIPTIONS: Record<AppStatus, string> = {
  active: 'answer the requests of a disabled app again',
  disabled: "refuse an app's requests from the next second on; its tokens stay",
};

/** `countersign app disable` and `countersign app enable`, contract §6. */
export function appSetStatusCommand(command: Command, status: AppStatus): Command {
  return command
    .description(DESCRIPTIONS[status])
    .requiredOption('--client-id <id>', 'client id of the app')
    .option('--database-url <url>', 'the database')
    .option('--json', 'print one JSON document')
    .action(async (options: DatabaseOptions & OutputOptions & { readonly clientId: string }) => {
      const { clientId } = options;
      const outcome = await withStorage(readCommandSettings(options), (storage) =>
        storage.write(setAppStatus, { clientId, status, origin: COMMAND_LINE }),
      );
      if (outcome === 'no_such_app') throw noSuchApp();
      printResult({ clientId, status }, options);
    });
}
