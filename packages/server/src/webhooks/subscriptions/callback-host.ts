import { isIP } from 'node:net';
import { DeliveryFailure } from '../attempt/delivery-fault.js';
import { isPublicAddress } from '../attempt/public-address.js';
import type { ResolveHost } from '../attempt/resolve-host.js';

/** Which callback addresses a server takes, contract §5. */
export interface CallbackPolicy {
  /** For development: any network, any port, and http. */
  readonly allowPrivate: boolean;
}

/** How a host is looked up, and which of its addresses are good. */
export interface CallbackHostOptions {
  readonly policy: CallbackPolicy;
  readonly resolve: ResolveHost;
}

/**
 * The addresses of a callback's host, looked up this once and every one of them allowed.
 *
 * @param host as in a URL, with or without the brackets of an IPv6 address
 * @throws DeliveryFailure `name_not_found`, `lookup_failed`, or `address_not_allowed` when a single one is not
 */
export async function getCallbackAddresses(
  host: string,
  { policy, resolve }: CallbackHostOptions,
): Promise<readonly [string, ...string[]]> {
  const literal = host.replace(/^\[(.*)\]$/, '$1');
  const [first, ...others] = isIP(literal) === 0 ? await resolve(host) : [literal];
  if (first === undefined) throw new DeliveryFailure('name_not_found');
  const addresses = [first, ...others] as const;
  const isAllowed = (address: string) => isIP(address) !== 0 && (policy.allowPrivate || isPublicAddress(address));
  if (!addresses.every(isAllowed)) throw new DeliveryFailure('address_not_allowed');
  return addresses;
}
