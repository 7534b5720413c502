import { connect, createServer, type Socket } from 'node:net';

/** Where a connection is cut: before the server hears of the commit, or before the client hears of its answer. */
export type Cut = 'before-commit' | 'after-commit';

/** A proxy before a PostgreSQL server that cuts connections in the middle of a commit. */
export interface CommitProxy {
  readonly port: number;
  /** Cuts the connection of the next commit whose transaction sent this text, and no other. */
  cutNext(cut: Cut, text: string): void;
  /** Cuts that were made. */
  readonly cuts: number;
  close(): Promise<void>;
}

/** The message of a simple query that commits, as it goes over the wire. */
const COMMIT = Buffer.from('commit\0');

/** Starts a proxy on a free port before the server on `target`. */
export async function startCommitProxy(target: number): Promise<CommitProxy> {
  let wanted: { readonly cut: Cut; readonly text: string } | undefined;
  let cuts = 0;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  };
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1');
    keep(client);
    keep(upstream);
    let isCut = false;
    let sent = Buffer.alloc(0);
    client.on('data', (chunk) => {
      sent = Buffer.concat([sent, chunk]);
      const isCommit = chunk.includes(COMMIT);
      if (wanted === undefined || !isCommit || !sent.includes(wanted.text)) {
        if (isCommit) sent = Buffer.alloc(0);
        upstream.write(chunk);
        return;
      }
      const { cut } = wanted;
      wanted = undefined;
      cuts += 1;
      isCut = true;
      if (cut === 'after-commit') {
        // The answer says that it is on disk; it is the last that comes, and goes no further.
        upstream.once('data', () => client.destroy());
        upstream.write(chunk);
      } else {
        client.destroy();
        upstream.destroy();
      }
    });
    upstream.on('data', (chunk) => {
      if (!isCut) client.write(chunk);
    });
    client.on('close', () => upstream.end());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    cutNext(cut, text) {
      wanted = { cut, text };
    },
    get cuts() {
      return cuts;
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
