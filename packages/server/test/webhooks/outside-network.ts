import { connect, createServer, type Server, Socket } from 'node:net';
import { expect, onTestFinished, vi } from 'vitest';
import type { OpenSocket } from '../../src/webhooks/attempt/checked-connector.js';
import { createDeliverySender, type DeliverySender } from '../../src/webhooks/attempt/send-delivery.js';

/** Names and their addresses, or what is asked for them. */
export type Names = Readonly<
  Record<string, readonly string[] | (() => readonly string[] | Promise<readonly string[]>)>
>;

/** A public address that stands in no other use here. */
export const PUBLIC_ADDRESS = '93.184.216.34';

/** A listener that counts who connects. */
export interface Listener {
  readonly port: number;
  connections: number;
}

/** What a sender of {@link Outside} may be told otherwise. */
export interface OutsideSenderOptions {
  readonly allowPrivate?: boolean;
  readonly timeoutMs?: number;
  readonly ca?: string;
}

/** A network that stands for the outside: its addresses lead to listeners on loopback, and nowhere else. */
export interface Outside {
  /** Each name that was looked up, in order. */
  readonly asked: string[];
  /** Each address that a connection was begun to, in order. */
  readonly reached: string[];
  /** Says which listener stands for an address, or for every one. */
  route(address: string | 'any', port: number): void;
  sender(names?: Names, options?: OutsideSenderOptions): DeliverySender;
}

/** Opens such a network; the test fails when anything begins a connection to what is not loopback, or has no route. */
export function openOutside(): Outside {
  const routes = new Map<string, number>();
  const astray: string[] = [];
  const asked: string[] = [];
  const reached: string[] = [];
  watchConnections();
  onTestFinished(() => expect(astray).toEqual([]));
  const openSocket: OpenSocket = ({ addresses: [address], port }) => {
    reached.push(address);
    const loopbackPort = routes.get(address) ?? routes.get('any');
    if (loopbackPort !== undefined) return connect({ host: '127.0.0.1', port: loopbackPort });
    astray.push(`${address}:${port}`);
    throw new Error(`nothing stands for ${address}`);
  };
  return {
    asked,
    reached,
    route: (address, port) => void routes.set(address, port),
    sender(names = {}, { allowPrivate = false, ...more } = {}) {
      const resolve = async (name: string) => {
        asked.push(name);
        const known = names[name] ?? [];
        return typeof known === 'function' ? await known() : known;
      };
      const sender = createDeliverySender({ policy: { allowPrivate }, resolve, openSocket, ...more });
      onTestFinished(() => sender.close());
      return sender;
    },
  };
}

/** Fails the test when a connection is begun to anything but loopback, whoever begins it. */
export function watchConnections(): void {
  const begun = vi.spyOn(Socket.prototype, 'connect');
  onTestFinished(() => {
    const hosts = begun.mock.calls.flat(2).flatMap((part) => hostOf(part));
    begun.mockRestore();
    expect(hosts.filter((host) => host !== '127.0.0.1')).toEqual([]);
  });
}

/** A listener on loopback that takes connections, says nothing and ends with the test. */
export async function listenSilently(): Promise<Listener> {
  return await listen(createServer((socket) => socket.on('error', () => {})));
}

/** Lets a server listen on loopback, counts its connections, and ends both with the test. */
export async function listen(server: Server): Promise<Listener> {
  const sockets = new Set<Socket>();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the listener has no port');
  const listener: Listener = { port: address.port, connections: 0 };
  server.on('connection', (socket) => {
    listener.connections += 1;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return listener;
}

function hostOf(part: unknown): string[] {
  if (typeof part !== 'object' || part === null || !('port' in part)) return [];
  return ['host' in part ? String(part.host) : 'a host of the system'];
}
