import type { AddressInfo, Server } from 'node:net';

/** Addresses that mean every address of the machine, and are none to go to. */
const WILDCARDS = new Set(['0.0.0.0', '::']);

/** Where people and apps reach this server: an origin, without a slash at its end. */
export type PublicUrl = () => string;

/**
 * The address that links and metadata are made with: the one that was set, or the one that the server listens on. It is
 * never taken from a request, whose Host header anybody can write.
 */
export function publicUrlOf(server: Server, setting: string | undefined): PublicUrl {
  return () => setting ?? listeningUrl(server.address());
}

function listeningUrl(address: AddressInfo | string | null): string {
  if (address === null || typeof address === 'string') throw new Error('the server listens on no port');
  const host = WILDCARDS.has(address.address) ? 'localhost' : address.address;
  return `http://${host.includes(':') ? `[${host}]` : host}:${address.port}`;
}
