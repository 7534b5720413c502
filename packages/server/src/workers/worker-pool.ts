import cluster, { type Worker } from 'node:cluster';
import type { Logger } from 'pino';
import { answerWorkers, sendToWorker } from './answer-workers.js';
import { isWorkerMessage } from './worker-message.js';

/** The first pause before a worker is started again, in milliseconds; it doubles while workers end soon. */
const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** A worker that served so long, in milliseconds, did not end for how it was started. */
const STEADY_MS = 10_000;
/** How long workers may take to finish, in milliseconds; then they are killed. */
const STOP_MS = 9_000;

/** How a worker ended. */
export interface WorkerEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** What the start of all workers came to. */
export type PoolStart = { readonly url: string } | { readonly end: WorkerEnd };

/** The processes that serve on one port. Until all of them serve, one that ends is the end; later it is replaced. */
export class WorkerPool {
  readonly #count: number;
  readonly #log: Logger;
  readonly #answer = answerWorkers();
  readonly #alive = new Set<Worker>();
  /** Since when a worker serves, by `performance.now()`. */
  readonly #serving = new Map<Worker, number>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  #housekeeper: Worker | undefined;
  #isStarted = false;
  #isStopping = false;
  #pauseMs = FIRST_PAUSE_MS;
  #port: string | undefined;
  readonly #environment: Record<string, string>;

  /** @param options `environment`: variables of the workers beside those of this process */
  constructor(options: {
    readonly count: number;
    readonly log: Logger;
    readonly environment: Readonly<Record<string, string>>;
  }) {
    this.#count = options.count;
    this.#log = options.log;
    this.#environment = { ...options.environment };
    cluster.setupPrimary({ args: ['serve'] });
  }

  /** Starts one worker, and when it serves the others: what keeps the program from serving is told once. */
  async start(): Promise<PoolStart> {
    const first = await this.#begin();
    if ('end' in first) return first;
    this.#port = new URL(first.url).port;
    const others = await Promise.all(Array.from({ length: this.#count - 1 }, () => this.#begin()));
    const failed = others.find((other) => 'end' in other);
    if (failed !== undefined) return failed;
    this.#isStarted = true;
    return first;
  }

  /** Lets every worker finish what is in flight, and waits for its end. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    for (const restart of this.#restarts) clearTimeout(restart);
    const kill = setTimeout(() => {
      for (const worker of this.#alive) worker.process.kill('SIGKILL');
    }, STOP_MS);
    await Promise.all(
      [...this.#alive].map((worker) => {
        const ended = new Promise((resolve) => worker.once('exit', resolve));
        // One that does not serve yet has nothing to finish.
        if (this.#serving.has(worker)) sendToWorker(worker, { countersign: 'stop' });
        else worker.process.kill('SIGKILL');
        return ended;
      }),
    );
    clearTimeout(kill);
  }

  #begin(): Promise<PoolStart> {
    const worker = cluster.fork(this.#environment);
    this.#alive.add(worker);
    // What was sent to a worker that has just ended is of no use to anybody.
    worker.on('error', () => undefined);
    return new Promise((resolve) => {
      worker.on('message', (message: unknown) => {
        if (!isWorkerMessage(message)) return;
        this.#answer(worker, message);
        if (message.countersign !== 'serving') return;
        this.#serving.set(worker, performance.now());
        this.#chooseHousekeeper();
        resolve({ url: message.url });
      });
      worker.once('exit', (exitCode: number | null, signal: string | null) => {
        resolve({ end: { exitCode, signal } });
        this.#replace(worker, { exitCode, signal });
      });
    });
  }

  #replace(worker: Worker, end: WorkerEnd): void {
    const servedSince = this.#serving.get(worker);
    this.#alive.delete(worker);
    this.#serving.delete(worker);
    if (this.#housekeeper === worker) this.#housekeeper = undefined;
    // One that ends before any has served, or without serving while the program starts, ends the start.
    if (this.#isStopping || (!this.#isStarted && servedSince === undefined)) return;
    this.#chooseHousekeeper();
    const isSteady = servedSince !== undefined && performance.now() - servedSince > STEADY_MS;
    const pauseMs = isSteady ? FIRST_PAUSE_MS : this.#pauseMs;
    this.#pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
    this.#log.error({ worker: worker.id, ...end, pauseMs }, 'a worker has ended; another one takes its place');
    const restart = setTimeout(() => {
      this.#restarts.delete(restart);
      this.#keepPort();
      void this.#begin();
    }, pauseMs);
    this.#restarts.add(restart);
  }

  // Workers that start now get the port of those that live. Where none does, a free port would be another one.
  #keepPort(): void {
    if (this.#alive.size > 0 || this.#port === undefined) return;
    this.#environment.COUNTERSIGN_PORT = this.#port;
  }

  #chooseHousekeeper(): void {
    if (this.#housekeeper !== undefined) return;
    [this.#housekeeper] = this.#serving.keys();
    if (this.#housekeeper !== undefined) sendToWorker(this.#housekeeper, { countersign: 'housekeeping' });
  }
}
