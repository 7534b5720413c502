import type { Client } from '@countersign/client';
import type { Command } from 'commander';
import type { Team } from '../../identity/team-store.js';
import type { Storage } from '../../storage/storage.js';
import { WrongUsage } from '../command-failure.js';
import { DEFAULT_URL, defaultUrl, openSigningClient } from '../partner/signing-client.js';
import { teamOfFlag } from '../people/team-of-flag.js';
import { type DatabaseOptions, readCommandSettings, withStorage } from '../with-storage.js';

/** Flags of commands that reach a team's customers over the wire or in the database. */
export interface ReachOptions extends DatabaseOptions {
  readonly url?: string;
  readonly team?: string;
}

/** A team, and the way to its customers. */
export type ReachedTeam =
  | { readonly client: Client; readonly url: string }
  | { readonly storage: Storage; readonly team: Team };

/** Adds the flags of both ways. */
export function withReachFlags(command: Command): Command {
  return command
    .option('--url <url>', `the server; COUNTERSIGN_URL can stand in for it (default: ${DEFAULT_URL})`)
    .option('--team <uuid>', 'the team, where the database is worked on without a server')
    .option('--database-url <url>', 'with --team: the database; COUNTERSIGN_DATABASE_URL can stand in for it');
}

/** What the help of both commands says of credentials. */
export const REACH_HELP = `
Signs with COUNTERSIGN_CLIENT_ID, COUNTERSIGN_CLIENT_SECRET and COUNTERSIGN_ACCESS_TOKEN, as "countersign request" does. An
operator on the machine says --team in place of them, and works on the database itself, without limits.
`;

/** Does work on a team's customers, and lets go of what it opened. @throws WrongUsage, CommandFailure */
export async function reachTeam<T>(options: ReachOptions, work: (reached: ReachedTeam) => Promise<T>): Promise<T> {
  const { team: uuid, databaseUrl, url } = options;
  if (uuid === undefined) {
    if (databaseUrl !== undefined) throw new WrongUsage('--database-url goes with --team.');
    return work({ client: openClient(url), url: url ?? defaultUrl() });
  }
  if (url !== undefined)
    throw new WrongUsage('--url and --team do not go together: --team works on the database itself.');
  return withStorage(readCommandSettings(options), async (storage) =>
    work({ storage, team: await teamOfFlag(storage, uuid) }),
  );
}

/** Attempts after a passing failure, such as a limit that is reached or a server that starts anew. */
const RETRIES = 10;

function openClient(url: string | undefined): Client {
  try {
    return openSigningClient({ url, retries: RETRIES });
  } catch (cause) {
    // The client package tells an address that is none by a TypeError.
    throw cause instanceof TypeError ? new WrongUsage(cause.message, { cause }) : cause;
  }
}
