import { PartnerError } from '@countersign/contract';

/** How far `x-timestamp` may be from the server's clock, in seconds, contract §1.1. */
export const TIMESTAMP_WINDOW_SECONDS = 300;
/** Official tools send milliseconds: values with at least this many digits are taken as such, contract §1.1. */
const MILLISECOND_DIGITS = 12;

/** The time a text in `x-timestamp` means, in seconds since 1970; undefined when it is not a number. */
function parseTimestamp(text: string): number | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined;
  return text.length >= MILLISECOND_DIGITS ? Number(text) / 1000 : Number(text);
}

/**
 * The time of a request in seconds since 1970.
 *
 * @throws PartnerError `timestamp_out_of_range` with the server's time and the difference
 */
export function requireTimely(text: string, nowMs: number): number {
  const time = parseTimestamp(text);
  const serverTime = Math.floor(nowMs / 1000);
  if (time === undefined) {
    throw new PartnerError('timestamp_out_of_range', 'x-timestamp must be Unix time in seconds.', {
      details: { serverTime },
    });
  }
  const skewSeconds = Math.round(time - nowMs / 1000);
  if (Math.abs(time - nowMs / 1000) > TIMESTAMP_WINDOW_SECONDS) {
    throw new PartnerError('timestamp_out_of_range', undefined, { details: { serverTime, skewSeconds } });
  }
  return time;
}
