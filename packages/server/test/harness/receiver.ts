import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a delivery says, as parsed. */
export interface DeliveredEvent {
  readonly id: string;
  readonly event: string;
  readonly test?: boolean;
  readonly apiVersion: string;
  readonly occurredAt: string;
  readonly team: { readonly id: string; readonly name: string };
  readonly data: { readonly id: string; readonly uuid?: string; readonly version?: number };
  readonly previousData?: Readonly<Record<string, unknown>>;
}

/** A request that arrived. */
export interface Arrival {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** The exact body. */
  readonly body: string;
  readonly event: DeliveredEvent;
  /** Milliseconds since 1970. */
  readonly time: number;
}

/** Answers an arrival; what is not answered hangs until the receiver is stopped. */
export type AnswerArrival = (response: ServerResponse, arrival: Arrival) => void;

/** A receiver of webhooks on the loopback interface. */
export interface Receiver {
  /** Its address, to which a path can be added. */
  readonly url: string;
  readonly arrivals: readonly Arrival[];
  /** Answers differently from now on. */
  answer(how: AnswerArrival): void;
  /** Waits until what has arrived satisfies a condition, and gives it. */
  until(isEnough: (arrivals: readonly Arrival[]) => boolean): Promise<readonly Arrival[]>;
  stop(): Promise<void>;
}

/** Answers with a status. */
export function withStatus(status: number, headers: Readonly<Record<string, string>> = {}): AnswerArrival {
  return (response) => {
    response.writeHead(status, headers).end(`status ${status}`);
  };
}

/** Starts a receiver that answers 204 unless told otherwise. */
export async function startReceiver(first: AnswerArrival = withStatus(204)): Promise<Receiver> {
  const arrivals: Arrival[] = [];
  const watchers = new Set<() => void>();
  let answer = first;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8');
      const event: DeliveredEvent = JSON.parse(body);
      const arrival = { path: request.url ?? '', headers: request.headers, body, event, time: Date.now() };
      arrivals.push(arrival);
      answer(response, arrival);
      for (const watch of watchers) watch();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    arrivals,
    answer: (how) => {
      answer = how;
    },
    until: (isEnough) =>
      new Promise((resolve) => {
        const watch = () => {
          if (!isEnough(arrivals)) return;
          watchers.delete(watch);
          resolve([...arrivals]);
        };
        watchers.add(watch);
        watch();
      }),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
