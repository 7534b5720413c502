import { RateLimiterRedis } from 'rate-limiter-flexible';
import { TIMESTAMP_WINDOW_SECONDS } from '../partner/timestamp.js';
import {
  type Attempt,
  insuredLimiter,
  type Limiter,
  type LimiterOptions,
  limiterOver,
  memoryLimiter,
} from './limiter.js';
import { openNoticeChannel } from './notice-channel.js';
import type { PrivateName } from './private-names.js';
import type { RedisConnection } from './redis-connection.js';
import { layeredReplayGuard, type ReplayGuard, type SignatureMark } from './replay-guard.js';
import type { SharedState } from './shared-state.js';

/** What all keys begin with. */
const PREFIX = 'countersign:';
/** Of a signature, how much its mark has: 128 of 256 bits, which tell it apart and are of no use to a forger. */
const MARK_CHARACTERS = 32;
/** How much longer a mark is kept than its request is good, in seconds: the clocks of two machines may differ. */
const CLOCK_SLACK_SECONDS = 60;

/** State in Redis, shared by every process on every machine that has the same Redis. */
export function redisState(connection: RedisConnection, nameOf: PrivateName): SharedState {
  const channel = openNoticeChannel(connection, `${PREFIX}notices`);
  return {
    openLimiter: (options) => redisLimiter(connection, options),
    replays: layeredReplayGuard(redisReplayGuard(connection)),
    nameOf,
    tell: channel.tell,
    onNotice: channel.onNotice,
    listAway: () => (connection.isAway ? ['redis'] : []),
    close: () => {
      channel.close();
      connection.close();
    },
  };
}

function redisLimiter(connection: RedisConnection, options: LimiterOptions): Limiter {
  const { name, points, seconds, isFinal = false } = options;
  const shared = limiterOver(
    new RateLimiterRedis({
      storeClient: connection.client,
      keyPrefix: PREFIX + name,
      points,
      duration: seconds,
      // Who is over such a limit is refused without asking Redis again.
      ...(isFinal ? { inMemoryBlockOnConsumed: points } : {}),
    }),
  );
  const attempt: Attempt = (work, otherwise) => connection.attempt(work, otherwise);
  return insuredLimiter(attempt, { shared, own: memoryLimiter(options) });
}

function redisReplayGuard(connection: RedisConnection): ReplayGuard {
  const { client } = connection;
  return {
    admit: (mark) =>
      connection.attempt(
        async () => (await client.set(keyOf(mark), '', 'PX', lifetimeMs(mark), 'NX')) === 'OK',
        async () => true,
      ),
    forget: (mark) =>
      connection.attempt(
        async () => void (await client.del(keyOf(mark))),
        async () => undefined,
      ),
  };
}

function keyOf({ appId, signature }: SignatureMark): string {
  return `${PREFIX}mark:${appId}:${signature.slice(0, MARK_CHARACTERS)}`;
}

function lifetimeMs({ time }: SignatureMark): number {
  const end = (time + TIMESTAMP_WINDOW_SECONDS + CLOCK_SLACK_SECONDS) * 1000;
  return Math.max(1, Math.ceil(end - Date.now()));
}
