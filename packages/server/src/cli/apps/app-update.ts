import type { Command } from 'commander';
import { COMMAND_LINE } from '../../audit/audit-store.js';
import {
  type RedirectUriChange,
  type UpdateApp,
  type UpdateOutcome,
  updateApp,
} from '../../identity/apps/app-changes-store.js';
import { CommandFailure, WrongUsage } from '../command-failure.js';
import { parseName } from '../people/team-create.js';
import type { OutputOptions } from '../print.js';
import { type DatabaseOptions, readCommandSettings, withStorage } from '../with-storage.js';
import { parseRateLimit, parseRedirectUris } from './app-create.js';
import { appOfFlag, noSuchApp } from './app-of-flag.js';
import { printApp } from './app-show.js';

interface UpdateOptions extends DatabaseOptions, OutputOptions {
  readonly clientId: string;
  readonly name?: string;
  readonly redirectUri?: readonly string[];
  readonly addRedirectUri?: readonly string[];
  readonly removeRedirectUri?: readonly string[];
  readonly rateLimit?: string;
}

const REFUSALS: Partial<Record<UpdateOutcome, string>> = {
  no_such_redirect_uri: 'A redirect URI to remove is not one of the app: "countersign app show" tells which are.',
  no_redirect_uri_left: 'One redirect URI must remain: add another in its place.',
};

/** `countersign app update`, contract §6. */
export function appUpdateCommand(command: Command): Command {
  return command
    .description("change an app's name, redirect URIs or rate limit")
    .requiredOption('--client-id <id>', 'client id of the app')
    .option('--name <name>', 'name of the app, as people see it')
    .option('--redirect-uri <uri...>', 'the redirect URIs from now on, in place of all there are')
    .option('--add-redirect-uri <uri...>', 'further redirect URIs')
    .option('--remove-redirect-uri <uri...>', 'redirect URIs to take away')
    .option('--rate-limit <number>', "requests a minute; 0 is no limit, default is the server's")
    .option('--database-url <url>', 'the database')
    .option('--json', 'print one JSON document')
    .action(async (options: UpdateOptions) => {
      const changes = parseChanges(options);
      const app = await withStorage(readCommandSettings(options), async (storage) => {
        const outcome = await storage.write(updateApp, changes);
        if (outcome === 'no_such_app') throw noSuchApp();
        const refusal = REFUSALS[outcome];
        if (refusal !== undefined) throw new CommandFailure(refusal);
        return appOfFlag(storage, options.clientId);
      });
      printApp(app, options);
    });
}

function parseChanges(options: UpdateOptions): UpdateApp {
  const { clientId, name, rateLimit } = options;
  const redirectUris = redirectUriChange(options);
  if (name === undefined && rateLimit === undefined && redirectUris === undefined) {
    throw new WrongUsage(
      'Say what to change: --name, --redirect-uri, --add-redirect-uri, --remove-redirect-uri or --rate-limit.',
    );
  }
  return {
    clientId,
    origin: COMMAND_LINE,
    name: name === undefined ? undefined : parseName(name, '--name'),
    rateLimit: parseRateLimitChange(rateLimit),
    redirectUris,
  };
}

function parseRateLimitChange(text: string | undefined): number | null | undefined {
  if (text === undefined) return undefined;
  return text === 'default' ? null : parseRateLimit(text);
}

function redirectUriChange(options: UpdateOptions): RedirectUriChange | undefined {
  const { redirectUri: replacement, addRedirectUri: added, removeRedirectUri: removed } = options;
  if (added === undefined && removed === undefined) {
    return replacement && { replacement: parseRedirectUris(replacement, '--redirect-uri') };
  }
  if (replacement !== undefined) {
    throw new WrongUsage('--redirect-uri replaces all there are: it cannot stand beside adding and removing some.');
  }
  // What is removed is not judged: it may stem from a time with fewer rules.
  return { added: parseRedirectUris(added ?? [], '--add-redirect-uri'), removed: removed ?? [] };
}
