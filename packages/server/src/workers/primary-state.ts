import { RateLimiterCluster } from 'rate-limiter-flexible';
import { type Attempt, insuredLimiter, limiterOver, memoryLimiter } from '../shared-state/limiter.js';
import type { PrivateName } from '../shared-state/private-names.js';
import type { SharedState } from '../shared-state/shared-state.js';
import type { PrimaryLink } from './primary-link.js';

/** How long a worker waits for its primary process, in milliseconds, before it goes on by itself. */
const ANSWER_MS = 1_000;

/** State in the primary process, shared by the workers of one machine. */
export function primaryState(link: PrimaryLink, nameOf: PrivateName): SharedState {
  return {
    openLimiter: (options) => {
      const { name, points, seconds } = options;
      const limiter = new RateLimiterCluster({ keyPrefix: name, points, duration: seconds, timeoutMs: ANSWER_MS });
      return insuredLimiter(attempt, { shared: limiterOver(limiter), own: memoryLimiter(options) });
    },
    nameOf,
    tell: async (notice) => link.send({ countersign: 'tell', notice }),
    onNotice: link.onNotice,
    listAway: () => [],
    close: () => undefined,
  };
}

// The library rejects when no answer comes in time.
const attempt: Attempt = async (work, otherwise) => {
  try {
    return await work();
  } catch {
    return otherwise();
  }
};
