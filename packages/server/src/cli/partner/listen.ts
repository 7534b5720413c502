import { randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { WebhookEventName } from '@countersign/contract';
import type { Command } from 'commander';
import { deliveryHeaders } from '../../webhooks/attempt/delivery-signature.js';
import { WrongUsage } from '../command-failure.js';
import { type OutputOptions, printNote, printRow } from '../print.js';
import { nextStopSignal } from '../server/next-stop-signal.js';
import { type Poll, sendUntilAnswered } from './poll-server.js';
import { openSigningClient } from './signing-client.js';

/** Seconds that a request for events waits for some. */
const WAIT_SECONDS = 20;
/** Time between two requests for events, in milliseconds, so that a busy team does not use up the app's rate limit. */
const PACE_MS = 1_500;
/** How long the receiver may take, in milliseconds, contract §5. */
const ANSWER_TIMEOUT_MS = 10_000;

interface ListenOptions extends OutputOptions {
  readonly forwardTo: string;
  readonly secret?: string;
}

interface HeldEvent {
  readonly id: string;
  readonly event: WebhookEventName;
  readonly body: string;
}

interface Forwarding extends OutputOptions {
  readonly url: string;
  readonly secret: string;
}

/** `countersign listen`, contract §5. */
export function listenCommand(command: Command): Command {
  return command
    .description("receive a team's events here, with no public address")
    .requiredOption('--forward-to <url>', 'where each event is posted to, such as http://localhost:3000/hook')
    .option(
      '--secret <secret>',
      'signs what is forwarded; better in COUNTERSIGN_LISTEN_SECRET (default: a new one, which is printed)',
    )
    .option('--json', 'print one JSON document a line')
    .addHelpText('after', LISTEN_HELP)
    .action(async ({ forwardTo, secret: given, json = false }: ListenOptions) => {
      const secret = given ?? (process.env.COUNTERSIGN_LISTEN_SECRET || newSecret());
      await listen({ url: parseUrlFlag(forwardTo), secret, json });
    });
}

async function listen(forwarding: Forwarding): Promise<void> {
  const stop = new AbortController();
  void nextStopSignal().then(() => stop.abort());
  const poll = { client: openSigningClient(), signal: stop.signal };
  const path = '/partners/webhooks/listeners';
  const made = await sendUntilAnswered(poll, {
    method: 'POST',
    path,
    // It may be sent again when its answer is lost, and is to make one listener.
    headers: { 'idempotency-key': randomUUID() },
  });
  if (made === undefined) return;
  const listener = `${path}/${listenerOf(made)}`;
  printNote(`Every event of the team goes to ${forwarding.url}, signed with ${forwarding.secret}`);
  try {
    while (!stop.signal.aborted) {
      const pace = wait(PACE_MS, undefined, { signal: stop.signal }).catch(() => undefined);
      await forwardNext(poll, listener, forwarding);
      await pace;
    }
  } finally {
    // With the signal that ended the listening, the request would not be sent.
    await poll.client.request('DELETE', listener);
  }
}

async function forwardNext(poll: Poll, listener: string, forwarding: Forwarding): Promise<void> {
  const path = `${listener}/events`;
  const data = await sendUntilAnswered(poll, { method: 'GET', path, query: { wait: WAIT_SECONDS } });
  if (data === undefined) return;
  const had: string[] = [];
  for (const event of eventsOf(data)) {
    if (poll.signal.aborted) break;
    await forward(event, forwarding);
    had.push(event.id);
  }
  const acknowledge = `${listener}/acknowledge`;
  await sendUntilAnswered(poll, { method: 'POST', path: acknowledge, body: { events: had } });
}

async function forward({ id, event, body }: HeldEvent, forwarding: Forwarding): Promise<void> {
  const { url, secret } = forwarding;
  const headers = deliveryHeaders({ id, event, body, sentAtMs: Date.now(), secrets: [secret] });
  const start = performance.now();
  const { status, error } = await post(url, headers, body);
  const durationMs = Math.round(performance.now() - start);
  printRow({ time: new Date().toISOString(), event, id, status, durationMs, error }, forwarding);
}

async function post(url: string, headers: Record<string, string>, body: string) {
  try {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    const answer = await fetch(url, { method: 'POST', headers, body, signal, redirect: 'manual' });
    await answer.arrayBuffer();
    return { status: answer.status, error: null };
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    return { status: null, error: cause instanceof Error ? cause.message : 'no answer' };
  }
}

function newSecret(): string {
  return `whsec_${randomBytes(32).toString('base64')}`;
}

function parseUrlFlag(text: string): string {
  if (URL.canParse(text) && /^https?:/.test(text)) return text;
  throw new WrongUsage('--forward-to must be an address such as http://localhost:3000/hook.');
}

// Answers of this program's own server; the contract says what is in them.
function listenerOf(data: object): string {
  return (data as { listener: { uuid: string } }).listener.uuid;
}
function eventsOf(data: object): readonly HeldEvent[] {
  return (data as { events: readonly HeldEvent[] }).events;
}

const LISTEN_HELP = `
Signs in with COUNTERSIGN_CLIENT_ID, COUNTERSIGN_CLIENT_SECRET and COUNTERSIGN_ACCESS_TOKEN at COUNTERSIGN_URL, and posts
each event as a delivery is posted: the same body, the same headers, signed with COUNTERSIGN_LISTEN_SECRET. What the receiver answers is
printed, and the event is not sent again. Ends with Ctrl-C, and leaves nothing behind.

  countersign listen --forward-to http://localhost:3000/hook
`;
