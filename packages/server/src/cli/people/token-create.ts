import { type Command, Option } from 'commander';
import { COMMAND_LINE } from '../../audit/audit-store.js';
import { issueTokens } from '../../authorization/tokens/issue-tokens.js';
import { findAppByClientId } from '../../identity/apps/app-store.js';
import { ALL_SCOPES, type Scope } from '../../partner-api/scope.js';
import { CommandFailure } from '../command-failure.js';
import { type OutputOptions, printResult } from '../print.js';
import { type DatabaseOptions, readCommandSettings, withStorage } from '../with-storage.js';
import { teamOfFlag } from './team-of-flag.js';

interface TokenOptions extends DatabaseOptions, OutputOptions {
  readonly clientId: string;
  readonly team: string;
  readonly scope: readonly Scope[];
}

/** `countersign token create`, contract §6. */
export function tokenCreateCommand(command: Command): Command {
  return command
    .description('make an access token for an app and a team, for scripts and tests')
    .requiredOption('--client-id <id>', 'client id of the app')
    .requiredOption('--team <uuid>', 'the team to act for')
    .addOption(
      new Option('--scope <scope...>', 'what the token allows').choices(ALL_SCOPES).default([...ALL_SCOPES], 'all'),
    )
    .option('--database-url <url>', 'the database')
    .option('--json', 'print one JSON document')
    .action(async (options: TokenOptions) => {
      const settings = readCommandSettings(options);
      const tokens = await withStorage(settings, async (storage) => {
        const app = await findAppByClientId(storage, options.clientId);
        if (app === undefined) throw new CommandFailure(`There is no app with the client id ${options.clientId}.`);
        const team = await teamOfFlag(storage, options.team);
        const { accessTokenSeconds, refreshTokenSeconds } = settings;
        return issueTokens(storage, {
          appId: app.id,
          team,
          scopes: options.scope,
          accessTokenSeconds,
          refreshTokenSeconds,
          origin: COMMAND_LINE,
        });
      });
      printResult(tokens, options);
    });
}
