import type { Command } from '../storage/storage.js';
import { type AttemptParts, attemptDelivery } from './attempt-delivery.js';
import type { OfWebhook } from './delivery-queue-store.js';
import type { DeliveryNotice, DeliveryReport } from './delivery-report.js';
import { type EndedAttempt, settleDeliveries } from './settle-deliveries.js';
import { FIRST_TURN, keyOf, type TakenDelivery, type Turn, takeDeliveries } from './take-deliveries.js';

/** Most deliveries under way at once. */
const MOST_UNDER_WAY = 256;
/** Most of them to receivers that have been failing, which may hang for as long as they like. */
const MOST_FAILING = 64;
/** Most deliveries of one subscription under way at once: few, so that many have room beside it. */
const PER_WEBHOOK = { healthy: 8, failing: 1 };
/** For how long a delivery is this worker's, in milliseconds: as long as an attempt may take, and some more. */
const LEASE_MS = 15_000;
/** How often to look for work that nobody told of, in milliseconds. */
const POLL_MS = 500;
/** How long to leave a storage alone that did not answer, in milliseconds. */
const STORAGE_PAUSE_MS = 1_000;

/** Runs the commands of the engine. */
export interface CommandRunner {
  write<I, O>(command: Command<I, O>, input: I): Promise<O>;
}

/** What an engine works with. */
export interface EngineParts extends AttemptParts {
  readonly storage: CommandRunner;
  onReport(report: DeliveryReport): void;
  onNotice(notice: DeliveryNotice): void;
}

/**
 * Delivers events: takes what is due, sends it, writes down what became of it, and looks again. Several may work on one
 * database. What one had when it died is taken by others, or by the next, when its lease is over: everything is delivered
 * at least once.
 */
export class DeliveryEngine {
  readonly #parts: EngineParts;
  readonly #underWay = new Map<string, OfWebhook & { count: number }>();
  readonly #abort = new AbortController();
  #sending = 0;
  #ended: EndedAttempt[] = [];
  #delaysMs: number[] = [];
  #turn: Turn = FIRST_TURN;
  #isStopping = false;
  #isAwake = false;
  #wakeUp: () => void = () => undefined;
  #loop: Promise<void> | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Says that there may be something to do. */
  wake(): void {
    this.#isAwake = true;
    this.#wakeUp();
  }

  /** Takes nothing more, and waits for what is under way; what has not ended in time is given up, and goes again later. */
  async stop(withinMs: number): Promise<void> {
    this.#isStopping = true;
    this.wake();
    await this.#loop;
    const giveUp = setTimeout(() => this.#abort.abort(), withinMs);
    while (this.#sending > 0) await this.#sleep(withinMs);
    clearTimeout(giveUp);
    await this.#settle().catch(() => undefined);
    await this.#parts.sender.close();
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      try {
        await this.#settle();
        if (!(await this.#take())) await this.#sleep(POLL_MS);
      } catch (error) {
        const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
        this.#parts.onNotice({ level: 'warn', message: 'deliveries wait for the storage', fields: { reason } });
        await this.#sleep(STORAGE_PAUSE_MS);
      }
    }
  }

  // Gives whether to look again at once.
  async #take(): Promise<boolean> {
    const underWay = [...this.#underWay.values()];
    const slots = MOST_UNDER_WAY - underWay.reduce((sum, { count }) => sum + count, 0);
    if (slots <= 0) return false;
    const { deliveries, turn, hasMore } = await this.#parts.storage.write(takeDeliveries, {
      turn: this.#turn,
      slots,
      failingSlots: MOST_FAILING,
      perWebhook: PER_WEBHOOK,
      underWay,
      leaseMs: LEASE_MS,
    });
    this.#turn = turn;
    for (const taken of deliveries) void this.#send(taken);
    return hasMore && deliveries.length < slots;
  }

  async #send(taken: TakenDelivery): Promise<void> {
    this.#count(taken, 1);
    this.#sending += 1;
    try {
      const ended = await attemptDelivery(this.#parts, taken, this.#abort.signal);
      this.#ended.push(ended);
      if (ended.outcome.kind === 'delivered' && ended.attempts === 0 && !taken.delivery.isTest) {
        this.#delaysMs.push(Math.max(0, Date.now() - taken.content.occurredAt));
      }
    } catch (error) {
      // Given up at the end of the process, or a fault of ours; its lease runs out, and it goes again.
      this.#count(taken, -1);
      if (!this.#abort.signal.aborted) this.#reportFault(error);
    } finally {
      this.#sending -= 1;
      this.wake();
    }
  }

  async #settle(): Promise<void> {
    const ended = this.#ended;
    if (ended.length === 0) return;
    this.#ended = [];
    try {
      const { delivered, failed, disabled } = await this.#parts.storage.write(settleDeliveries, ended);
      const delaysMs = this.#delaysMs;
      this.#delaysMs = [];
      this.#parts.onReport({ attempts: ended.length, delivered, failed, delaysMs });
      for (const { teamId, webhookUuid } of disabled) {
        const fields = { teamId, webhook: webhookUuid };
        this.#parts.onNotice({ level: 'warn', message: 'a webhook was disabled', fields });
      }
    } catch (error) {
      this.#ended.push(...ended);
      throw error;
    }
    for (const attempt of ended) this.#count(attempt, -1);
  }

  #count({ teamId, webhookUuid }: OfWebhook, step: number): void {
    const key = keyOf({ teamId, webhookUuid });
    const entry = this.#underWay.get(key) ?? { teamId, webhookUuid, count: 0 };
    entry.count += step;
    if (entry.count > 0) this.#underWay.set(key, entry);
    else this.#underWay.delete(key);
  }

  #reportFault(error: unknown): void {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    this.#parts.onNotice({ level: 'error', message: 'a delivery could not be made', fields: { reason } });
  }

  async #sleep(ms: number): Promise<void> {
    if (!this.#isAwake) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.#isAwake = false;
  }
}
