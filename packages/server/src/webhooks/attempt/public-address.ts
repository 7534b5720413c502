import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** The only IPv6 block that globally routed addresses are given out of, RFC 4291 §2.4 and the IANA registry. */
const GLOBAL_IPV6 = ipaddr.IPv6.parseCIDR('2000::/3');

/** Inside a cloud, a public address of everybody else's that answers as the machine's own metadata server. */
const METADATA_ADDRESSES = new Set(['168.63.129.16']);

/** Third quarter of an ISATAP address, before the IPv4 address that it leads to, RFC 5214 §6.1; with the global bit or without. */
const ISATAP_MARKS = new Set([0x0000_5efe, 0x0200_5efe]);

/**
 * Whether an address is globally routed unicast, and so one that anybody may have: nothing private, loopback, link-local,
 * shared, multicast, reserved or for documentation, and no IPv6 address that carries an IPv4 address, contract §5.
 *
 * @param text as a resolver gives it; any other spelling than the usual one is refused
 */
export function isPublicAddress(text: string): boolean {
  // ipaddr.js reads octal, hexadecimal and short forms too, and zones, which no public address has.
  if (isIP(text) === 0 || text.includes('%')) return false;
  const address = ipaddr.parse(text);
  if (address.range() !== 'unicast') return false;
  if (address instanceof ipaddr.IPv4) return !METADATA_ADDRESSES.has(address.toString());
  return address.match(GLOBAL_IPV6) && !isIsatap(address);
}

function isIsatap({ parts }: ipaddr.IPv6): boolean {
  return ISATAP_MARKS.has((parts[4] ?? 0) * 0x1_0000 + (parts[5] ?? 0));
}
