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
  return reachableUrl(address.address, address.port);
}

/** The URL to reach a server at that listens on a host and port; on this machine, where it listens on every address. */
export function reachableUrl(host: string, port: number): string {
  return httpUrl(WILDCARDS.has(host) ? 'localhost' : host, port);
}

/** The URL of a host and port; an IPv6 address stands in brackets. */
export function httpUrl(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
