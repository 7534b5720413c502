import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Whether an address, or the name of a host, means this very machine and no other. */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (name === 'localhost') return true;
  return isIP(name) !== 0 && ipaddr.process(name).range() === 'loopback';
}
