import { clockFinding, type Finding, findingsOf } from './finding.js';

const { ok, warning } = findingsOf('public URL');

/** How long the server may take to answer, in milliseconds. */
const ANSWER_MS = 5_000;

/** Looks whether the server answers at its public URL, which it does only while it runs. */
export async function examinePublicUrl(url: string): Promise<Finding[]> {
  const before = Date.now();
  try {
    const answer = await fetch(`${url}/healthz`, { signal: AbortSignal.timeout(ANSWER_MS), redirect: 'manual' });
    await answer.arrayBuffer();
    if (answer.status !== 200) {
      const message = `${url}/healthz answers ${answer.status}`;
      return [warning(message, 'let the proxy pass on all paths, unchanged, while the server runs')];
    }
    return [ok(`${url} answers`), ...proxyClock(answer.headers.get('date'), before)];
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : 'no answer in time';
    return [
      warning(
        `${url} can't be reached from here: ${cause}`,
        'start the server, and look at the proxy and its certificate',
      ),
    ];
  }
}

// The header has no fractions: it is the time within the second that follows it.
function proxyClock(date: string | null, before: number): Finding[] {
  const there = Date.parse(date ?? '');
  return Number.isNaN(there)
    ? []
    : [clockFinding('the public URL', { before: before - 1_000, there, after: Date.now() })];
}
