import type { Logger } from 'pino';
import type { PrimaryLink } from '../workers/primary-link.js';
import { primaryState } from '../workers/primary-state.js';
import { privateNames } from './private-names.js';
import { RedisConnection } from './redis-connection.js';
import { redisState } from './redis-state.js';
import { memoryState, type SharedState } from './shared-state.js';

/** Where shared state is kept, and under which key it is made unreadable. */
export interface SharedStateOptions {
  readonly redisUrl: string | undefined;
  readonly masterKey: Buffer;
  readonly log: Logger;
  /** The primary process, where this one is a worker. */
  readonly link: PrimaryLink | undefined;
}

/**
 * Opens what this process shares with others: in Redis where there is one, otherwise in the primary process of a worker,
 * or else in memory.
 *
 * @throws InvalidSetting when Redis refuses the setting
 */
export async function openSharedState({ redisUrl, masterKey, log, link }: SharedStateOptions): Promise<SharedState> {
  const nameOf = privateNames(masterKey);
  if (redisUrl !== undefined) return redisState(await RedisConnection.open(redisUrl, log), nameOf);
  return link === undefined ? memoryState(nameOf) : primaryState(link, nameOf);
}
