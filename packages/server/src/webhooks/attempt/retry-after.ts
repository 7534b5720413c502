/** Longest wait that a receiver can ask for, in milliseconds: the longest between two attempts. */
const LONGEST_WAIT_MS = 86_400_000;

/** The three forms of RFC 9110 §5.6.7, roughly: a day's name, then a date with a time. */
const HTTP_DATE = /^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .*\d\d:\d\d:\d\d/i;

/**
 * How long a receiver asks to wait, in milliseconds from `nowMs`, at most a day, RFC 9110 §10.2.3; undefined when it asks
 * for nothing that can be read.
 */
export function readRetryAfterMs(header: string | string[] | undefined, nowMs: number): number | undefined {
  const text = (Array.isArray(header) ? header[0] : header)?.trim() ?? '';
  const waitMs = /^\d+$/.test(text) ? Number(text) * 1_000 : waitUntilMs(text, nowMs);
  return waitMs === undefined ? undefined : Math.min(Math.max(waitMs, 0), LONGEST_WAIT_MS);
}

function waitUntilMs(text: string, nowMs: number): number | undefined {
  // asctime has no zone and means GMT, where Date.parse takes the machine's.
  const dateMs = HTTP_DATE.test(text) ? Date.parse(text.endsWith('GMT') ? text : `${text} GMT`) : Number.NaN;
  return Number.isNaN(dateMs) ? undefined : dateMs - nowMs;
}
