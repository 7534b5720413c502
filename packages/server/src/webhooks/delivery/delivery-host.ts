import { Worker } from 'node:worker_threads';
import { errorStack } from '../../error-stack.js';
import { type Command, findCommand, type Storage } from '../../storage/storage.js';
import type { DeliveryNotice, DeliveryReport } from '../attempt/delivery-report.js';
import type { SendingFault } from '../attempt/faulty-sender.js';
import type { AskedDelivery, DeliveryThreadData, FromDeliveries, ToDeliveries } from './delivery-messages.js';
import { recordAttempts } from './record-attempts.js';
import { renewLeases } from './renew-leases.js';
import { takeDeliveries } from './take-deliveries.js';

/** How often at most the thread is told of changes, in milliseconds. */
const WAKE_EVERY_MS = 5;
/** How long to wait before a thread that failed is started anew, in milliseconds. */
const RESTART_MS = 1_000;

/** What the thread that delivers needs from the process. */
export interface DeliveryHostParts {
  /** The module that the thread runs. */
  readonly entry: URL;
  readonly data: DeliveryThreadData;
  readonly storage: Storage;
  /** Writes of requests that wait for the storage, on the average of late. */
  requestsWaiting(): number;
  onReport(report: DeliveryReport): void;
  onNotice(notice: DeliveryNotice): void;
  /** What tests have happen to a delivery; undefined where they have no say. */
  readonly onSending?: ((delivery: AskedDelivery) => SendingFault | undefined) | undefined;
}

/** The main thread's side of the thread that delivers: runs its commands for it, and tells it that there is work. */
export class DeliveryHost {
  readonly #parts: DeliveryHostParts;
  #worker: Worker;
  #wakeTimer: NodeJS.Timeout | undefined;
  #isStopping = false;

  constructor(parts: DeliveryHostParts) {
    this.#parts = parts;
    this.#worker = this.#start();
  }

  /** Says that something was committed that may have to be delivered. */
  wake(): void {
    if (this.#wakeTimer !== undefined || this.#isStopping) return;
    this.#wakeTimer = setTimeout(() => {
      this.#wakeTimer = undefined;
      this.#post({ type: 'wake' });
    }, WAKE_EVERY_MS);
  }

  /** Finishes what is in flight and ends the thread. */
  async stop(withinMs: number): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#wakeTimer);
    const ended = new Promise<void>((resolve) => this.#worker.once('exit', () => resolve()));
    this.#post({ type: 'stop', withinMs });
    await ended;
  }

  #start(): Worker {
    const worker = new Worker(this.#parts.entry, { workerData: this.#parts.data });
    worker.on('message', (message: FromDeliveries) => this.#receive(message));
    worker.on('error', (error) => this.#restart(error));
    return worker;
  }

  #restart(error: unknown): void {
    const reason = errorStack(error);
    this.#parts.onNotice({ level: 'error', message: 'deliveries failed and begin anew', fields: { reason } });
    if (this.#isStopping) return;
    const timer = setTimeout(() => {
      if (!this.#isStopping) this.#worker = this.#start();
    }, RESTART_MS);
    timer.unref();
  }

  #receive(message: FromDeliveries): void {
    if (message.type === 'run') void this.#runCommand(message);
    else if (message.type === 'sending') this.#answerSending(message);
    else if (message.type === 'report') this.#parts.onReport(message.report);
    else this.#parts.onNotice(message.notice);
  }

  #answerSending({ id, callbackUrl }: Extract<FromDeliveries, { type: 'sending' }>): void {
    const delivery = { method: 'POST', path: callbackUrl, clientId: undefined, hasToken: false } as const;
    this.#post({ type: 'fault', id, fault: this.#parts.onSending?.(delivery) });
  }

  async #runCommand({ id, command, input }: Extract<FromDeliveries, { type: 'run' }>): Promise<void> {
    try {
      const output = await this.#parts.storage.write(requireCommand(command), input);
      this.#post({ type: 'done', id, output, requestsWaiting: this.#parts.requestsWaiting() });
    } catch (error) {
      this.#post({ type: 'failed', id, reason: errorStack(error) });
    }
  }

  #post(message: ToDeliveries): void {
    this.#worker.postMessage(message);
  }
}

/** What the thread may ask for. */
const DELIVERY_COMMANDS = new Set([takeDeliveries, recordAttempts, renewLeases].map(({ name }) => name));

function requireCommand(name: string): Command<unknown, unknown> {
  const found = DELIVERY_COMMANDS.has(name) ? findCommand(name) : undefined;
  if (found === undefined) throw new Error(`deliveries may not run ${name}`);
  return found;
}
