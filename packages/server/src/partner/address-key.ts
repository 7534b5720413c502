import ipaddr from 'ipaddr.js';

/** Bits of an IPv6 address that one customer of a provider holds the rest of. */
const IPV6_NETWORK_BITS = 64;

/** What an address is counted under: itself, and for IPv6 its /64, since whoever has one has them all. */
export function addressKey(address: string): string {
  if (!ipaddr.isValid(address)) return address;
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return ipaddr.IPv6.networkAddressFromCIDR(`${parsed.toString()}/${IPV6_NETWORK_BITS}`).toString();
}
