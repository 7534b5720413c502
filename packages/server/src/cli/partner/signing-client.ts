import { type Client, createClient } from '@countersign/client';
import { SETTINGS } from '../../settings.js';
import { CommandFailure } from '../command-failure.js';

/** Where requests go when COUNTERSIGN_URL says nothing. */
export const DEFAULT_URL = `http://${SETTINGS.COUNTERSIGN_HOST.default}:${SETTINGS.COUNTERSIGN_PORT.default}`;

/** The server of the environment. */
export function defaultUrl(): string {
  return process.env.COUNTERSIGN_URL || DEFAULT_URL;
}

interface SigningClientOptions {
  /** The server, in place of the one of the environment. */
  readonly url?: string | undefined;
  readonly retries?: number | undefined;
}

/**
 * A client with the credentials of the environment, contract §6.
 *
 * @throws CommandFailure that names what is not set; TypeError for an address that is none
 */
export function openSigningClient({ url, retries }: SigningClientOptions = {}): Client {
  return createClient({
    retries,
    baseUrl: url ?? defaultUrl(),
    clientId: readVariable('COUNTERSIGN_CLIENT_ID'),
    clientSecret: readVariable('COUNTERSIGN_CLIENT_SECRET'),
    accessToken: process.env.COUNTERSIGN_ACCESS_TOKEN,
  });
}

function readVariable(name: string): string {
  const value = process.env[name];
  if (value !== undefined && value !== '') return value;
  throw new CommandFailure(`${name} is not set; "countersign dev" prints it, "countersign app create" makes one.`);
}
