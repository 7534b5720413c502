/** Tells the person at the terminal, on standard error, what is going on. */

const TERMINAL_INTERVAL_MS = 500;
const LOG_INTERVAL_MS = 10_000;

/** Writes one line. @param {string} text */
export function say(text) {
  process.stderr.write(`${text}\n`);
}

/**
 * Shows a changing text until `stop`: in one line on a terminal, every 10 s elsewhere.
 *
 * @param {() => string} text
 */
export function reportProgress(text) {
  const isTerminal = process.stderr.isTTY === true;
  const show = () => (isTerminal ? process.stderr.write(`\r\u001b[K${text()}`) : say(text()));
  const timer = setInterval(show, isTerminal ? TERMINAL_INTERVAL_MS : LOG_INTERVAL_MS);
  return {
    stop() {
      clearInterval(timer);
      show();
      if (isTerminal) process.stderr.write('\n');
    },
  };
}
