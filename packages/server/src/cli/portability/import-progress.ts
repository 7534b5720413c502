import { Presets, SingleBar } from 'cli-progress';

/** Tells people on standard error how far an import is. */
export interface ImportProgressBar {
  begin(title: string): void;
  /** A piece of the file was read. */
  onBytes(bytes: number): void;
  onRows(rows: number): void;
  stop(): void;
}

/** How often a line is written where there is no terminal, in milliseconds. */
const LINE_EVERY_MS = 5_000;

/** A bar on a terminal, else a line every five seconds. */
export function openImportProgress(stream: NodeJS.WriteStream, totalBytes: number): ImportProgressBar {
  const format = '{title} {bar} {percentage} % | {rows} rows | {rate} a second | {eta_formatted} left';
  const bar = stream.isTTY ? new SingleBar({ format, stream }, Presets.shades_classic) : undefined;
  let [title, rows, bytes, beganAt, nextLineAt] = ['', 0, 0, Date.now(), 0];
  const rate = () => Math.round((1_000 * rows) / Math.max(1, Date.now() - beganAt));
  return {
    begin(next) {
      [title, rows, bytes, beganAt, nextLineAt] = [next, 0, 0, Date.now(), Date.now() + LINE_EVERY_MS];
      bar?.stop();
      bar?.start(totalBytes, 0, { title, rows, rate: 0 });
    },
    onBytes(more) {
      bytes += more;
    },
    onRows(more) {
      rows += more;
      bar?.update(bytes, { rows, rate: rate() });
      if (bar !== undefined || Date.now() < nextLineAt) return;
      nextLineAt = Date.now() + LINE_EVERY_MS;
      stream.write(`${title}: ${rows} rows, ${rate()} a second\n`);
    },
    stop: () => bar?.stop(),
  };
}
