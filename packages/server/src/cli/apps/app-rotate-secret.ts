import type { Command } from 'commander';
import { COMMAND_LINE } from '../../audit/audit-store.js';
import { type RotateSecret, type RotationOutcome, rotateAppSecret } from '../../identity/apps/app-changes-store.js';
import { secretBox } from '../../identity/apps/secret-box.js';
import { newClientSecret } from '../../identity/credentials.js';
import { masterKeyOf } from '../../settings.js';
import { CommandFailure } from '../command-failure.js';
import { type OutputOptions, printNote, printResult } from '../print.js';
import { type DatabaseOptions, readCommandSettings, withStorage } from '../with-storage.js';
import { noSuchApp } from './app-of-flag.js';

interface RotateOptions extends DatabaseOptions, OutputOptions {
  readonly clientId: string;
  readonly retireOld?: boolean;
}

const REFUSALS: Partial<Record<RotationOutcome, string>> = {
  too_many_secrets: 'Two secrets are live already: end the old one with --retire-old first.',
  nothing_to_retire: 'Only one secret is live: there is no old one to end.',
};

/** `countersign app rotate-secret`, contract §6. */
export function appRotateSecretCommand(command: Command): Command {
  return command
    .description('give an app a second live secret; --retire-old then ends the first')
    .requiredOption('--client-id <id>', 'client id of the app')
    .option('--retire-old', 'end the older of two live secrets instead')
    .option('--database-url <url>', 'the database')
    .option('--json', 'print one JSON document')
    .action(async (options: RotateOptions) => {
      const { clientId } = options;
      if (options.retireOld === true) {
        await rotate(options, { clientId, retireOld: true, origin: COMMAND_LINE });
        printResult({ clientId, retired: true }, options);
        return;
      }
      const clientSecret = newClientSecret();
      const box = secretBox(masterKeyOf(readCommandSettings(options)));
      await rotate(options, { clientId, encryptedSecret: box.seal(clientSecret, clientId), origin: COMMAND_LINE });
      printResult({ clientId, clientSecret }, options);
      printNote('Both secrets work now. Keep the new one: it is not shown again.');
    });
}

async function rotate(options: RotateOptions, request: RotateSecret): Promise<void> {
  const outcome = await withStorage(readCommandSettings(options), (storage) => storage.write(rotateAppSecret, request));
  if (outcome === 'no_such_app') throw noSuchApp();
  const refusal = REFUSALS[outcome];
  if (refusal !== undefined) throw new CommandFailure(refusal);
}
