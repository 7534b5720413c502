import { Presets, SingleBar } from 'cli-progress';
import type { TransferPhase, TransferWatcher } from '../../storage/transfer/transfer-database.js';

/** Tells people on standard error how a transfer goes on. */
export interface TransferProgress extends TransferWatcher {
  /** Ends what is drawn, also after a failure. */
  stop(): void;
}

const TITLES: Record<TransferPhase, string> = { copy: 'copying', verify: 'comparing' };
/** How often a line is written where there is no terminal, in milliseconds. */
const LINE_EVERY_MS = 5_000;

/** A bar on a terminal, else a line every five seconds. */
export function openTransferProgress(stream: NodeJS.WriteStream): TransferProgress {
  return stream.isTTY ? barProgress(stream) : lineProgress(stream);
}

function barProgress(stream: NodeJS.WriteStream): TransferProgress {
  const format = '{title} {bar} {percentage} % | {value} of {total} rows | {rate} a second | {table}';
  const bar = new SingleBar({ format, stream, hideCursor: true }, Presets.shades_classic);
  let counter = new Counter(0);
  return {
    onPhase(phase, { done, total }) {
      bar.stop();
      counter = new Counter(done);
      bar.start(total, done, { title: TITLES[phase].padEnd(9), rate: 0, table: '' });
    },
    onRows(table, rows) {
      counter.add(rows);
      bar.update(counter.done, { table, rate: counter.rate() });
    },
    stop: () => bar.stop(),
  };
}

function lineProgress(stream: NodeJS.WriteStream): TransferProgress {
  let title = '';
  let total = 0;
  let counter = new Counter(0);
  let nextLineAt = 0;
  const write = (table: string) => {
    nextLineAt = Date.now() + LINE_EVERY_MS;
    stream.write(`${title} ${table}: ${counter.done} of ${total} rows, ${counter.rate()} a second\n`);
  };
  return {
    onPhase(phase, work) {
      title = TITLES[phase];
      total = work.total;
      counter = new Counter(work.done);
      write('begins');
    },
    onRows(table, rows) {
      if (rows === 0) return;
      counter.add(rows);
      if (Date.now() >= nextLineAt || counter.done === total) write(table);
    },
    stop: () => undefined,
  };
}

class Counter {
  readonly #before: number;
  readonly #since = Date.now();
  done: number;

  constructor(done: number) {
    this.#before = done;
    this.done = done;
  }

  add(rows: number): void {
    this.done += rows;
  }

  /** Rows a second since the phase began. */
  rate(): number {
    return Math.round((1_000 * (this.done - this.#before)) / Math.max(1, Date.now() - this.#since));
  }
}
