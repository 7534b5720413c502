import { randomUUID } from 'node:crypto';
import type { Command } from 'commander';
import { COMMAND_LINE } from '../../audit/audit-store.js';
import { createTeam } from '../../identity/team-store.js';
import { WrongUsage } from '../command-failure.js';
import { type OutputOptions, printResult } from '../print.js';
import { type DatabaseOptions, readCommandSettings, withStorage } from '../with-storage.js';

const LONGEST_NAME = 255;

/** `countersign team create`, contract §6. */
export function teamCreateCommand(command: Command): Command {
  return command
    .description('make a team (workspace), which owns customers')
    .requiredOption('--name <name>', 'name of the team')
    .option('--database-url <url>', 'the database')
    .option('--json', 'print one JSON document')
    .action(async (options: DatabaseOptions & OutputOptions & { readonly name: string }) => {
      const team = { uuid: randomUUID(), name: parseName(options.name, '--name') };
      await withStorage(readCommandSettings(options), (storage) =>
        storage.write(createTeam, { ...team, origin: COMMAND_LINE }),
      );
      printResult(team, options);
    });
}

/** A name as given, trimmed. @throws WrongUsage when it is empty or longer than 255 characters */
export function parseName(text: string, flag: string): string {
  const name = text.trim();
  if (name !== '' && [...name].length <= LONGEST_NAME) return name;
  throw new WrongUsage(`${flag} must be 1 to ${LONGEST_NAME} characters.`);
}
