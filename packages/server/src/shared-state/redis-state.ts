import { RateLimiterRedis } from 'rate-limiter-flexible';
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
import type { SharedState } from './shared-state.js';

/** What all keys begin with. */
const PREFIX = 'countersign:';

/** State in Redis, shared by every process on every machine that has the same Redis. */
export function redisState(connection: RedisConnection, nameOf: PrivateName): SharedState {
  const channel = openNoticeChannel(connection, `${PREFIX}notices`);
  return {
    openLimiter: (options) => redisLimiter(connection, options),
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
