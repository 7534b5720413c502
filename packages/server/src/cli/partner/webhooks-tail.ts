import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import { type Cell, type OutputOptions, printNote, printRow } from '../print.js';
import { nextStopSignal } from '../server/next-stop-signal.js';
import { type Poll, sendUntilAnswered } from './poll-server.js';
import { openSigningClient } from './signing-client.js';

/** Seconds that a request for attempts waits for some. */
const WAIT_SECONDS = 20;
/** Time between two requests, in milliseconds, so that a busy team does not use up the app's rate limit. */
const PACE_MS = 1_000;

type Attempt = Readonly<Record<string, Cell>>;

/** `countersign webhooks tail`, contract §5. */
export function webhooksTailCommand(command: Command): Command {
  return command
    .description("show the deliveries of an app's webhooks as they happen")
    .option('--json', 'print one JSON document a line')
    .addHelpText('after', TAIL_HELP)
    .action(async ({ json = false }: OutputOptions) => {
      const stop = new AbortController();
      void nextStopSignal().then(() => stop.abort());
      await tail({ client: openSigningClient(), signal: stop.signal }, { json });
    });
}

async function tail(poll: Poll, output: OutputOptions): Promise<void> {
  let cursor: string | undefined;
  while (!poll.signal.aborted) {
    const pace = wait(PACE_MS, undefined, { signal: poll.signal }).catch(() => undefined);
    const query = cursor === undefined ? {} : { cursor, wait: WAIT_SECONDS };
    const data = await sendUntilAnswered(poll, { method: 'GET', path: '/partners/webhooks/attempts', query });
    if (data === undefined) return;
    if (cursor === undefined) printNote('Waiting for deliveries. Ctrl-C ends.');
    const { attempts, nextCursor } = pageOf(data);
    for (const attempt of attempts) printRow(output.json === true ? attempt : forPeople(attempt), output);
    // The first look only says where now is.
    if (cursor !== undefined) await pace;
    cursor = nextCursor;
  }
}

function forPeople(attempt: Attempt): Attempt {
  const { settledAt, event, status, statusCode, durationMs, number, callbackUrl, deliveryUuid, error } = attempt;
  return {
    time: settledAt ?? null,
    event: event ?? null,
    status: status ?? null,
    answer: statusCode ?? null,
    duration: `${durationMs} ms`,
    attempt: `attempt ${number}`,
    callbackUrl: callbackUrl ?? null,
    delivery: deliveryUuid ?? null,
    error: error ?? '',
  };
}

// An answer of this program's own server; the contract says what is in it.
function pageOf(data: object): { readonly attempts: readonly Attempt[]; readonly nextCursor: string } {
  return data as { attempts: readonly Attempt[]; nextCursor: string };
}

const TAIL_HELP = `
Signs in with COUNTERSIGN_CLIENT_ID, COUNTERSIGN_CLIENT_SECRET and COUNTERSIGN_ACCESS_TOKEN at COUNTERSIGN_URL.
`;
