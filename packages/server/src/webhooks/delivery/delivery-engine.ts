import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { errorStack } from '../../error-stack.js';
import type { Storage } from '../../storage/storage.js';
import { type AttemptParts, attemptDelivery } from '../attempt/attempt-delivery.js';
import type { DeliveryNotice, DeliveryReport } from '../attempt/delivery-report.js';
import { type DeliveryPace, deliveryPace, MOST_IN_FLIGHT } from './delivery-pace.js';
import { InFlight } from './in-flight.js';
import { type EndedAttempt, recordAttempts } from './record-attempts.js';
import { renewLeases } from './renew-leases.js';
import { FIRST_TURN, type TakenDelivery, type Turn, takeDeliveries } from './take-deliveries.js';

/** After how long a delivery counts as one to a slow receiver, in milliseconds. */
const SLOW_MS = 1_000;
/** Most deliveries in flight to receivers that have been failing for a while, which may hang for as long as they like. */
const MOST_FAILING = 64;
/** Most deliveries of one subscription in flight at once: few, so that many have room beside it. */
const PER_WEBHOOK = { healthy: 32, failing: 1 };
/** How long to wait for answers that come right behind the first, to record them with it, in milliseconds. */
const GATHER_MS = 2;
/** For how long a delivery is this worker's, in milliseconds; what another had when it died waits for so long. */
const LEASE_MS = 5_000;
/** After how long the lease of what is still in flight is prolonged, in milliseconds. */
const RENEW_MS = 2_000;
/** How often to look for work that nobody told of, in milliseconds. */
const POLL_MS = 500;
/** After how many teams whose attempts could not be recorded the others wait for the next time. */
const MOST_FAILURES = 2;
/** How long to leave a storage alone that did not answer, in milliseconds. */
const STORAGE_PAUSE_MS = 1_000;

/** What an engine works with. */
export interface EngineParts extends AttemptParts {
  readonly storage: Pick<Storage, 'write'>;
  /** Writes of requests that wait for the storage, on the average of late; they come first. */
  requestsWaiting(): number;
  onReport(report: DeliveryReport): void;
  onNotice(notice: DeliveryNotice): void;
}

/**
 * Delivers events: takes what is due, sends it, records the attempt, and looks again. Several may work on one
 * database. What one had when it died is taken by others, or by the next, when its lease is over: everything is delivered
 * at least once.
 */
export class DeliveryEngine {
  readonly #parts: EngineParts;
  readonly #inFlight = new InFlight();
  readonly #abort = new AbortController();
  #ended: EndedAttempt[] = [];
  #delaysMs: number[] = [];
  /** Until when what could not be recorded is left alone, milliseconds since 1970. */
  #recordAgainAt = 0;
  #turn: Turn = FIRST_TURN;
  #isStopping = false;
  #isAwake = false;
  #wakeUp: () => void = () => undefined;
  #loop: Promise<void> | undefined;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    setMaxListeners(0, this.#abort.signal);
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Says that there may be something to do. */
  wake(): void {
    this.#isAwake = true;
    this.#wakeUp();
  }

  /** Takes nothing more, and waits for what is in flight; what has not ended in time is given up, and goes again later. */
  async stop(withinMs: number): Promise<void> {
    this.#isStopping = true;
    this.wake();
    await this.#loop;
    const giveUp = setTimeout(() => this.#abort.abort(), withinMs);
    while (this.#inFlight.count > this.#ended.length) {
      await this.#sleep(POLL_MS);
      await this.#renew().catch(() => undefined);
    }
    clearTimeout(giveUp);
    this.#recordAgainAt = 0;
    await this.#recordEnded().catch(() => undefined);
    await this.#parts.sender.close();
  }

  async #run(): Promise<void> {
    while (!this.#isStopping) {
      try {
        if (this.#ended.length > 0 && this.#ended.length < this.#inFlight.count) await wait(GATHER_MS);
        await this.#recordEnded();
        await this.#renew();
        const hasMore = await this.#take();
        const { pauseMs } = this.#pace();
        if (pauseMs > 0) await wait(pauseMs);
        if (!hasMore) await this.#sleep(POLL_MS);
      } catch (error) {
        this.#tell('warn', 'deliveries wait for the storage', error);
        await this.#sleep(STORAGE_PAUSE_MS);
      }
    }
  }

  #pace(): DeliveryPace {
    return deliveryPace(this.#parts.requestsWaiting());
  }

  // Receivers that take their time need nothing of the storage, and do not take the place of others.
  #freeSlots(): number {
    const quick = this.#inFlight.countTakenAfter(Date.now() - SLOW_MS);
    return Math.min(this.#pace().inFlight - quick, MOST_IN_FLIGHT - this.#inFlight.count);
  }

  // Gives whether to look again at once.
  async #take(): Promise<boolean> {
    const slots = this.#freeSlots();
    if (slots <= 0) return false;
    const { deliveries, turn, hasMore } = await this.#parts.storage.write(takeDeliveries, {
      turn: this.#turn,
      slots,
      failingSlots: Math.max(0, MOST_FAILING - this.#inFlight.failing),
      perWebhook: PER_WEBHOOK,
      inFlight: this.#inFlight.counts(),
      leaseMs: LEASE_MS,
    });
    this.#turn = turn;
    for (const taken of deliveries) {
      // Its lease ran out while this thread had no time; what is in flight is not sent twice at once.
      if (!this.#inFlight.has(taken)) void this.#send(taken);
    }
    return hasMore && deliveries.length < slots;
  }

  async #send(taken: TakenDelivery): Promise<void> {
    this.#inFlight.add(taken);
    try {
      const ended = await attemptDelivery(this.#parts, taken, this.#abort.signal);
      this.#ended.push(ended);
      if (ended.outcome.kind === 'delivered' && ended.attempts === 0 && !taken.delivery.isTest) {
        this.#delaysMs.push(Math.max(0, Date.now() - taken.content.occurredAt));
      }
    } catch (error) {
      // Given up at the end of the process, or a fault of ours; its lease runs out, and it goes again.
      this.#inFlight.remove({ ...taken, uuid: taken.delivery.uuid });
      if (!this.#abort.signal.aborted) this.#tell('error', 'a delivery could not be made', error);
    } finally {
      this.wake();
    }
  }

  // One team's queues may be kept for long by somebody: the attempts of the others are then recorded without them.
  async #recordEnded(): Promise<void> {
    const ended = [...this.#ended];
    if (ended.length === 0 || Date.now() < this.#recordAgainAt || (await this.#tryRecord(ended))) return;
    const teamIds = new Set(ended.map((attempt) => attempt.teamId));
    if (teamIds.size === 1) this.#recordAgainAt = Date.now() + STORAGE_PAUSE_MS;
    else await this.#recordByTeam(ended, teamIds);
  }

  async #recordByTeam(ended: readonly EndedAttempt[], teamIds: ReadonlySet<number>): Promise<void> {
    let failures = 0;
    for (const teamId of teamIds) {
      const ofTeam = ended.filter((attempt) => attempt.teamId === teamId);
      if (!(await this.#tryRecord(ofTeam))) {
        this.#recordAgainAt = Date.now() + STORAGE_PAUSE_MS;
        // Others come before them the next time.
        this.#ended = [...this.#ended.filter((attempt) => attempt.teamId !== teamId), ...ofTeam];
        failures += 1;
        if (failures === MOST_FAILURES) return;
      }
      await this.#renew();
    }
  }

  // Writes attempts down; what cannot be is told, and kept.
  async #tryRecord(ended: readonly EndedAttempt[]): Promise<boolean> {
    try {
      await this.#record(ended);
      return true;
    } catch (error) {
      this.#tell('warn', 'attempts of deliveries could not be recorded', error);
      return false;
    }
  }

  async #record(ended: readonly EndedAttempt[]): Promise<void> {
    const { delivered, failed, disabled } = await this.#parts.storage.write(recordAttempts, ended);
    const written = new Set(ended);
    // Others have ended meanwhile.
    this.#ended = this.#ended.filter((attempt) => !written.has(attempt));
    for (const attempt of ended) this.#inFlight.remove(attempt);
    const delaysMs = this.#delaysMs;
    this.#delaysMs = [];
    this.#parts.onReport({ attempts: ended.length, delivered, failed, delaysMs });
    for (const { teamId, webhookUuid } of disabled) {
      const fields = { teamId, webhook: webhookUuid };
      this.#parts.onNotice({ level: 'warn', message: 'a webhook was disabled', fields });
    }
  }

  async #renew(): Promise<void> {
    const deliveries = this.#inFlight.takeOlderThan(Date.now() - RENEW_MS);
    if (deliveries.length > 0) await this.#parts.storage.write(renewLeases, { deliveries, leaseMs: LEASE_MS });
  }

  #tell(level: DeliveryNotice['level'], message: string, error: unknown): void {
    this.#parts.onNotice({ level, message, fields: { reason: errorStack(error) } });
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
