import type { Command } from 'commander';
import { COMMAND_LINE } from '../../audit/audit-store.js';
import { createApp } from '../../identity/apps/app-changes-store.js';
import { findRedirectUriFault } from '../../identity/apps/redirect-uri.js';
import { secretBox } from '../../identity/apps/secret-box.js';
import { newClientId, newClientSecret } from '../../identity/credentials.js';
import { masterKeyOf } from '../../settings.js';
import { WrongUsage } from '../command-failure.js';
import { parseName } from '../people/team-create.js';
import { type OutputOptions, printNote, printResult } from '../print.js';
import { type DatabaseOptions, readCommandSettings, withStorage } from '../with-storage.js';

interface AppOptions extends DatabaseOptions, OutputOptions {
  readonly name: string;
  readonly redirectUri: readonly string[];
  readonly rateLimit?: string;
}

/** `countersign app create`, contract §6. */
export function appCreateCommand(command: Command): Command {
  return command
    .description('make a partner app (client), which signs requests')
    .requiredOption('--name <name>', 'name of the app, as people see it')
    .requiredOption('--redirect-uri <uri...>', 'where people are sent back to; https, or http on a loopback host')
    .option('--rate-limit <number>', "requests a minute; 0 is no limit (default: the server's)")
    .option('--database-url <url>', 'the database')
    .option('--json', 'print one JSON document')
    .action(async (options: AppOptions) => {
      const app = newApp(options);
      const settings = readCommandSettings(options);
      const clientId = newClientId();
      const clientSecret = newClientSecret();
      const encryptedSecret = secretBox(masterKeyOf(settings)).seal(clientSecret, clientId);
      await withStorage(settings, (storage) =>
        storage.write(createApp, { ...app, clientId, encryptedSecret, origin: COMMAND_LINE }),
      );
      printResult({ clientId, clientSecret }, options);
      printNote('Keep the client secret: it is not shown again.');
    });
}

/** Redirect URIs as given to a flag. @throws WrongUsage for one that must not be registered */
export function parseRedirectUris(uris: readonly string[], flag: string): readonly string[] {
  for (const uri of uris) {
    const fault = findRedirectUriFault(uri);
    if (fault !== undefined) throw new WrongUsage(`${flag} ${JSON.stringify(uri)} ${fault}.`);
  }
  return uris;
}

/** The requests a minute of a `--rate-limit` flag. @throws WrongUsage */
export function parseRateLimit(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new WrongUsage('--rate-limit must be a whole number; 0 is no limit.');
}

function newApp({ name, redirectUri, rateLimit }: AppOptions) {
  return {
    name: parseName(name, '--name'),
    redirectUris: parseRedirectUris(redirectUri, '--redirect-uri'),
    rateLimit: rateLimit === undefined ? null : parseRateLimit(rateLimit),
  };
}
