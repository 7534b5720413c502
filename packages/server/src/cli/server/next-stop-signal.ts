import { watchStarter } from './watch-starter.js';

/** Signals within this time, in milliseconds, are one: a terminal and npm both send an interrupt. */
const SAME_SIGNAL_MS = 1_000;

/**
 * Settles at SIGTERM or SIGINT, or when the shell that the program was started in has got one in its place and is gone. A
 * signal that comes later ends the process at once.
 */
export function nextStopSignal(): Promise<void> {
  return new Promise((resolve) => {
    let firstAt: number | undefined;
    const stop = (signal: NodeJS.Signals) => {
      firstAt ??= performance.now();
      if (performance.now() - firstAt <= SAME_SIGNAL_MS) return resolve();
      process.off(signal, stop);
      process.kill(process.pid, signal);
    };
    process.on('SIGTERM', stop);
    process.on('SIGINT', stop);
    watchStarter(resolve);
  });
}
