/** What one look at an installation found; neither text ever holds a secret. */
export interface Finding {
  /** What was looked at, such as `database`. */
  readonly check: string;
  /** A server starts and serves with a warning; a problem keeps it from that. */
  readonly status: 'ok' | 'warning' | 'problem';
  readonly message: string;
  /** What to do; null where all is well. */
  readonly remedy: string | null;
}

/** Makes the findings of one check. */
export function findingsOf(check: string) {
  return {
    ok: (message: string): Finding => ({ check, status: 'ok', message, remedy: null }),
    warning: (message: string, remedy: string): Finding => ({ check, status: 'warning', message, remedy }),
    problem: (message: string, remedy: string): Finding => ({ check, status: 'problem', message, remedy }),
  };
}

/** Clocks that differ by less, in milliseconds, are right for everything that is told by them. */
const FINE_SKEW_MS = 2_000;
/** Half of the time by which a request may be off, contract §1.1, in milliseconds. */
const BAD_SKEW_MS = 150_000;

/** The clock of another machine beside this one's, read between two moments here; all in milliseconds since 1970. */
export function clockFinding(
  whose: string,
  { before, there, after }: { readonly before: number; readonly there: number; readonly after: number },
): Finding {
  const { ok, warning, problem } = findingsOf('clock');
  const skewMs = Math.max(before - there, there - after, 0);
  if (skewMs <= FINE_SKEW_MS) return ok(`as that of ${whose}`);
  const message = `${Math.round(skewMs / 1_000)} seconds off from that of ${whose}`;
  const remedy = 'let both machines take the time from the network (NTP)';
  return skewMs > BAD_SKEW_MS ? problem(message, remedy) : warning(message, remedy);
}
