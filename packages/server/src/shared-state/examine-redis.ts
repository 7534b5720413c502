import { Redis } from 'ioredis';
import { clockFinding, type Finding, findingsOf } from '../doctor/finding.js';

const { ok, warning, problem } = findingsOf('Redis');

/** How long each step may take, in milliseconds. */
const STEP_MS = 2_000;
const OLDEST_VERSION = 6;

/** Looks whether Redis answers, and is one that this program can share through. */
export async function examineRedis(url: string): Promise<Finding[]> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: STEP_MS,
    commandTimeout: STEP_MS,
    retryStrategy: null,
  });
  let fault = 'no answer';
  redis.on('error', (error: Error) => {
    fault = error.message;
  });
  try {
    await redis.connect();
    const facts = factsOf(await redis.info());
    const before = Date.now();
    const [seconds] = await redis.time();
    return [
      ...judge(facts),
      clockFinding('Redis', { before: before - 1_000, there: Number(seconds) * 1_000, after: Date.now() }),
    ];
  } catch (error) {
    const told = error instanceof Error && !/closed/i.test(error.message) ? error.message : fault;
    return [
      problem(`it can't be used: ${told.replaceAll(url, 'the URL')}`, 'start it, and look at COUNTERSIGN_REDIS_URL'),
    ];
  } finally {
    redis.disconnect();
  }
}

function factsOf(info: string): ReadonlyMap<string, string> {
  const pairs = info.split(/\r?\n/).map((line): [string, string] => {
    const [name = '', ...value] = line.split(':');
    return [name, value.join(':')];
  });
  return new Map(pairs);
}

function judge(facts: ReadonlyMap<string, string>): Finding[] {
  const version = facts.get('redis_version') ?? 'unknown';
  if (Number.parseInt(version, 10) < OLDEST_VERSION) {
    return [problem(`it is version ${version}`, `take ${OLDEST_VERSION} or newer`)];
  }
  if (facts.get('cluster_enabled') === '1') return [problem('it is in cluster mode', 'take a single server')];
  const policy = facts.get('maxmemory_policy') ?? 'noeviction';
  if (policy !== 'noeviction') {
    const message = `its maxmemory-policy is ${policy}: marks against replay may be lost before their time`;
    return [warning(message, 'set maxmemory-policy to noeviction')];
  }
  return [ok(`version ${version} answers`)];
}
