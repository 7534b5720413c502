import { setTimeout as wait } from 'node:timers/promises';
import type { Answer, Client, RequestOptions } from '@countersign/client';
import { CountersignError } from '@countersign/client';
import { CommandFailure } from '../command-failure.js';

/** How long to wait for a server that does not answer, in milliseconds. */
const PAUSE_MS = 2_000;

/** A request that is made again and again. */
export interface Poll {
  readonly client: Client;
  /** Ends the waiting; the request in flight is given up. */
  readonly signal: AbortSignal;
}

/**
 * Sends a request until it is answered with success: waits for a server that is away or over its limit, and gives undefined
 * when the signal came first.
 *
 * @throws CommandFailure with the server's own sentence for any other refusal
 */
export async function sendUntilAnswered(
  { client, signal }: Poll,
  request: RequestOptions & { readonly method: string; readonly path: string },
): Promise<object | undefined> {
  const { method, path, ...options } = request;
  while (!signal.aborted) {
    const answer = await answerOf(() => client.request(method, path, { ...options, signal }), signal);
    if (answer !== undefined && answer.status < 300) return dataOf(answer);
    if (answer !== undefined && answer.status !== 429 && answer.status < 500) throw refusal(answer);
    const pauseMs = Number(answer?.headers.get('retry-after') ?? 0) * 1_000 || PAUSE_MS;
    await wait(pauseMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

async function answerOf(call: () => Promise<Answer>, signal: AbortSignal): Promise<Answer | undefined> {
  try {
    return await call();
  } catch (error) {
    if (signal.aborted || (error instanceof CountersignError && isPassing(error))) return undefined;
    throw error;
  }
}

function isPassing({ code }: CountersignError): boolean {
  return code === 'network_error' || code === 'timeout';
}

function dataOf({ json }: Answer): object {
  const data: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'data') : undefined;
  if (typeof data === 'object' && data !== null) return data;
  throw new CommandFailure('The server answered with something else than an answer of this API.');
}

function refusal({ json, status }: Answer): CommandFailure {
  const message: unknown = typeof json === 'object' && json !== null ? Reflect.get(json, 'message') : undefined;
  return new CommandFailure(typeof message === 'string' ? message : `The server answered ${status}.`);
}
