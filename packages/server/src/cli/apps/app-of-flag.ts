import { type AppOverview, countConnectedTeams, listApps } from '../../identity/apps/app-store.js';
import type { Reader } from '../../storage/storage.js';
import { CommandFailure } from '../command-failure.js';

/** An app with the number of teams it may act for. */
export interface AppDetails extends AppOverview {
  readonly connectedTeams: number;
}

/** The app of a `--client-id` flag. @throws CommandFailure */
export async function appOfFlag(reader: Reader, clientId: string): Promise<AppDetails> {
  const [app] = await listApps(reader, { clientId });
  if (app === undefined) throw noSuchApp();
  return { ...app, connectedTeams: await countConnectedTeams(reader, clientId) };
}

/** The failure of a command whose app does not exist. */
export function noSuchApp(): CommandFailure {
  return new CommandFailure('There is no app with this client id.');
}
