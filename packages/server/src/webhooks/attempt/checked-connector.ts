import { once } from 'node:events';
import { connect as connectSocket, isIP, type Socket } from 'node:net';
import { addAbortSignal } from 'node:stream';
import { buildConnector } from 'undici';
import { withoutUndefined } from '../../without-undefined.js';
import { type CallbackHostOptions, getCallbackAddresses } from '../subscriptions/callback-host.js';
import { DeliveryFailure } from './delivery-fault.js';
import { rejectWhenAborted } from './reject-when-aborted.js';

/** How long the next address of a host is not tried yet, in milliseconds. */
const ADDRESS_TIMEOUT_MS = 1_500;

/** Where a connection goes: to one of the addresses, whatever the host's name means to anybody else. */
export interface SocketTarget {
  /** Checked addresses of the host. */
  readonly addresses: readonly [string, ...string[]];
  readonly port: number;
}

/** Begins a TCP connection. */
export type OpenSocket = (target: SocketTarget) => Socket;

/** How connections are made. */
export interface ConnectorOptions extends CallbackHostOptions {
  readonly openSocket: OpenSocket;
  /** Certificates that are trusted instead of the usual ones, in PEM. */
  readonly ca?: string | undefined;
  /** Most time for looking up, connecting and TLS, each, in milliseconds. */
  readonly timeoutMs: number;
  /** Ends all connections. */
  readonly signal: AbortSignal;
}

/**
 * Connects to a callback's host: looks it up once, checks every address, and connects to those very addresses, so that a
 * name cannot change what it means in between, contract §5. TLS names and verifies the host, not the address.
 *
 * Fails with a DeliveryFailure, or with what the network says.
 */
export function checkedConnector(options: ConnectorOptions): buildConnector.connector {
  const { timeoutMs, ca } = options;
  // Said, since the environment can turn it off.
  const rejectUnauthorized = true;
  const secure = buildConnector(withoutUndefined({ timeout: timeoutMs, rejectUnauthorized, ca }));
  return (target, callback) => {
    openChecked(target, options).then(
      (socket) => {
        if (target.protocol !== 'https:') return callback(null, socket);
        secure({ ...target, ...nameForTls(target.hostname), httpSocket: socket }, (cause, secured) =>
          cause === null ? callback(null, secured) : callback(tlsFailure(cause), null),
        );
      },
      (error) => callback(error, null),
    );
  };
}

/** Begins a TCP connection as the system does it: to the first address that answers. */
export function openTcpSocket({ addresses, port }: SocketTarget): Socket {
  const [first, ...others] = addresses;
  if (others.length === 0) return connectSocket({ host: first, port });
  const known = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return connectSocket({
    host: 'checked-addresses.invalid',
    port,
    autoSelectFamily: true,
    autoSelectFamilyAttemptTimeout: ADDRESS_TIMEOUT_MS,
    lookup: (_name, _options, answer) => answer(null, known),
  });
}

async function openChecked(target: buildConnector.Options, options: ConnectorOptions): Promise<Socket> {
  const ending = new AbortController();
  const timer = setTimeout(() => ending.abort(new DeliveryFailure('timeout')), options.timeoutMs);
  try {
    const looking = getCallbackAddresses(target.hostname, options);
    const addresses = await Promise.race([looking, rejectWhenAborted(ending.signal)]);
    const port = Number(target.port) || (target.protocol === 'https:' ? 443 : 80);
    const socket = addAbortSignal(options.signal, options.openSocket({ addresses, port }));
    // Stays, since an error that nobody listens for ends the process.
    socket.on('error', () => {});
    ending.signal.addEventListener('abort', () => socket.destroy(ending.signal.reason));
    await once(socket, 'connect');
    return socket;
  } finally {
    clearTimeout(timer);
  }
}

/** A name's last dot is the DNS's own, and no certificate carries it; an address is no name. */
function nameForTls(hostname: string): { servername?: string } {
  return isIP(hostname) === 0 ? { servername: hostname.replace(/\.$/, '') } : {};
}

/** Only what TLS itself objects to; a receiver that hangs or hangs up is told as such. */
function tlsFailure(cause: Error): Error {
  const code = 'code' in cause ? cause.code : undefined;
  const isNetwork = code === 'ECONNRESET' || code === 'EPIPE' || code === 'UND_ERR_CONNECT_TIMEOUT';
  return isNetwork ? cause : new DeliveryFailure('tls_failed', { cause });
}
