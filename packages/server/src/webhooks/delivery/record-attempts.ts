import { appendAudit, COMMAND_LINE } from '../../audit/audit-store.js';
import { command, type Transaction } from '../../storage/storage.js';
import { uuidText } from '../../storage/uuid-text.js';
import {
  giveUpDeliveries,
  letNextGo,
  lockTeamQueues,
  orderQueue,
  orderWholeQueue,
  type WebhookKey,
} from './delivery-queue-store.js';
import { type NewAttempt, type RecordStore, recordStore } from './record-store.js';

/** How long a subscription may fail without one success before it is disabled, in milliseconds: 5 days, contract §5. */
const LONGEST_FAILURE_MS = 5 * 24 * 60 * 60 * 1000;

/** What became of an attempt. */
export type Outcome =
  | { readonly kind: 'delivered' }
  /** The receiver wants nothing any more: 410. */
  | { readonly kind: 'gone' }
  /** Nothing was sent, since the app may not be told: no fault of the receiver. */
  | { readonly kind: 'not_allowed' }
  /** Another attempt follows; without a delay it was the last. */
  | { readonly kind: 'failed'; readonly nextDelayMs: number | undefined };

/** An attempt that has ended. */
export interface EndedAttempt extends NewAttempt {
  readonly webhookUuid: string;
  readonly customerUuid: string;
  readonly outcome: Outcome;
}

/** What the recorded attempts came to. */
export interface RecordedAttempts {
  readonly delivered: number;
  /** Deliveries that get no further attempt. */
  readonly failed: number;
  readonly disabled: readonly WebhookKey[];
}

/**
 * Records attempts, lets what waited behind them go, and disables subscriptions whose receiver is gone
 * or has failed for five days, contract §5. An attempt whose delivery has got another one meanwhile is dropped.
 */
export const recordAttempts = command<readonly EndedAttempt[], RecordedAttempts>({
  name: 'record-attempts',
  locksRows: true,
  run: async (tx, attempts) => {
    const store = recordStore(tx);
    const counts = { delivered: 0, failed: 0 };
    const disabled: WebhookKey[] = [];
    const recordOne = async (attempt: EndedAttempt) => {
      if (await recordAttempt(tx, store, { attempt, counts })) {
        disabled.push({ teamId: attempt.teamId, webhookUuid: attempt.webhookUuid });
      }
    };
    for (const teamId of [...new Set(attempts.map((attempt) => attempt.teamId))].sort((one, other) => one - other)) {
      await lockTeamQueues(tx, teamId);
      // Each step of all of them is one trip to the database.
      const ofTeam = attempts.filter((attempt) => attempt.teamId === teamId);
      await noteSuccesses(store, ofTeam);
      await Promise.all(ofTeam.map(recordOne));
    }
    return { ...counts, disabled };
  },
});

// Once for each subscription, and before its failures: one that had a success just now is not disabled.
async function noteSuccesses(store: RecordStore, attempts: readonly EndedAttempt[]): Promise<void> {
  const succeeded = attempts.filter(({ outcome }) => outcome.kind === 'delivered');
  const webhooks = new Map(succeeded.map((attempt) => [attempt.webhookUuid, attempt]));
  await Promise.all([...webhooks.values()].map((webhook) => store.noteSuccess(webhook)));
}

interface Recording {
  readonly attempt: EndedAttempt;
  readonly counts: { delivered: number; failed: number };
}

// Gives whether the subscription was disabled.
async function recordAttempt(tx: Transaction, store: RecordStore, { attempt, counts }: Recording): Promise<boolean> {
  const { outcome } = attempt;
  if (outcome.kind === 'delivered') {
    const delivered = await store.deliver(attempt);
    if (delivered === undefined) return false;
    counts.delivered += 1;
    if (delivered.hasNext) await letNextGo(tx, { ...attempt, queue: delivered.queue });
    return false;
  }
  if (outcome.kind === 'failed' && outcome.nextDelayMs !== undefined) {
    const waiting = await store.putOff(attempt, outcome.nextDelayMs);
    if (waiting === undefined) return false;
    await orderQueue(tx, { ...attempt, queue: waiting.queue });
  } else {
    const failed = await store.fail(attempt);
    if (failed === undefined) return false;
    counts.failed += 1;
    await letNextGo(tx, { ...attempt, queue: failed.queue });
  }
  if (outcome.kind === 'not_allowed') return false;
  await store.noteFailure(attempt);
  return outcome.kind === 'gone'
    ? disable(tx, store, { attempt, reason: 'The receiver answered 410 Gone.', failingForMs: 0 })
    : disable(tx, store, {
        attempt,
        reason: 'No attempt has succeeded for 5 days.',
        failingForMs: LONGEST_FAILURE_MS,
      });
}

interface Disabling {
  readonly attempt: EndedAttempt;
  readonly reason: string;
  readonly failingForMs: number;
}

async function disable(tx: Transaction, store: RecordStore, { attempt, ...because }: Disabling): Promise<boolean> {
  const disabled = await store.disable(attempt, because);
  if (disabled === undefined) return false;
  const { teamId } = attempt;
  await giveUpDeliveries(tx, attempt);
  await orderWholeQueue(tx, { teamId, queue: uuidText(disabled.queue) });
  // Nobody asked for it: the server did it by itself, as on its command line.
  await appendAudit(tx, 'webhook.disabled', { origin: COMMAND_LINE, teamId, appId: disabled.appId });
  return true;
}
