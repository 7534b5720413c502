import { lookup, Resolver } from 'node:dns/promises';
import { DeliveryFailure } from './delivery-fault.js';

/** Longest wait for a name's addresses, in milliseconds. */
const LONGEST_LOOKUP_MS = 5_000;

/** Names that are this very machine whatever a resolver says, RFC 6761 §6.3. */
const LOOPBACK_NAME = /^(?:.+\.)?localhost\.?$/;

/** What a resolver says of a name that is not there, or has no address. */
const ABSENT = new Set<unknown>(['ENOTFOUND', 'ENODATA', 'EBADNAME', 'EAI_NONAME']);

/**
 * All addresses of a host name, none when it has none.
 *
 * @throws DeliveryFailure `lookup_failed` when that cannot be said now
 */
export type ResolveHost = (name: string) => Promise<readonly string[]>;

/** How a resolver works. */
export interface HostResolverOptions {
  readonly allowPrivate: boolean;
  /** Addresses of DNS servers, with a port where it isn't 53; by default those of the system. */
  readonly servers?: readonly string[] | undefined;
}

/**
 * How names are looked up: in the DNS alone, each time anew. Where private addresses are allowed, as the system does, with
 * its hosts file and search domains.
 */
export function hostResolver({ allowPrivate, servers }: HostResolverOptions): ResolveHost {
  const ask = allowPrivate ? askSystemOnce() : (name: string) => askDns(name, servers);
  return async (name) => (LOOPBACK_NAME.test(name) ? ['127.0.0.1', '::1'] : ask(name));
}

/** Not the system's lookup, since that waits in one of the process's four threads, and dead names would fill them. */
async function askDns(name: string, servers: readonly string[] | undefined): Promise<string[]> {
  // A resolver keeps the servers that /etc/resolv.conf named when it was made.
  const resolver = new Resolver({ timeout: 1_500, tries: 2 });
  if (servers !== undefined) resolver.setServers(servers);
  const timer = setTimeout(() => resolver.cancel(), LONGEST_LOOKUP_MS);
  const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)]);
  clearTimeout(timer);
  const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []));
  const failure = answers.find((answer) => answer.status === 'rejected' && !isAbsent(answer.reason));
  if (addresses.length === 0 && failure !== undefined) throw new DeliveryFailure('lookup_failed');
  return addresses;
}

/** Asks once for a name, however many wait for it, so that a dead one takes no more than one thread. */
function askSystemOnce(): ResolveHost {
  const asked = new Map<string, Promise<string[]>>();
  return (name) => {
    const known = asked.get(name);
    if (known !== undefined) return known;
    const asking = askSystem(name).finally(() => asked.delete(name));
    asked.set(name, asking);
    return asking;
  };
}

async function askSystem(name: string): Promise<string[]> {
  try {
    return (await lookup(name, { all: true })).map(({ address }) => address);
  } catch (cause) {
    if (isAbsent(cause)) return [];
    throw new DeliveryFailure('lookup_failed', { cause });
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && 'code' in error && ABSENT.has(error.code);
}
