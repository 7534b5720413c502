import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Bits of an IPv6 address that one customer of a provider holds the rest of. */
const IPV6_NETWORK_BITS = 64;
/** What is no address is one address, so that texts make no new ones. */
const NO_ADDRESS = 'none';

/** What an address is counted under: itself, and for IPv6 its /64, since whoever has one has them all. */
export function addressKey(address: string): string {
  if (isIP(address) === 0) return NO_ADDRESS;
  // The zone of a link-local address is the machine's own business.
  const parsed = ipaddr.process(address.split('%')[0] ?? '');
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${IPV6_NETWORK_BITS}`).toString();
}
