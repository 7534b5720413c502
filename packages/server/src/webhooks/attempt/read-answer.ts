import type { Dispatcher } from 'undici';

/** Most bytes of an answer that are read before its connection is dropped, contract §5. */
const LONGEST_ANSWER_BYTES = 65_536;

/** Most bytes of an answer that are kept. */
const KEPT_BYTES = 4_096;

/** What no log, terminal or page should be given: control characters but tab and newline, and those that turn text around. */
const HARMFUL_CHARACTERS = /(?![\t\n])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** What has come of an answer so far. */
export interface AnswerSoFar {
  head: Pick<Dispatcher.ResponseData, 'statusCode' | 'headers'> | undefined;
  readonly kept: Buffer[];
  /** Bytes of the body that were read, kept or not. */
  length: number;
}

/** An answer of which nothing has come. */
export function noAnswer(): AnswerSoFar {
  return { head: undefined, kept: [], length: 0 };
}

/**
 * Reads an answer to its end, or as far as any is read, and notes what has come.
 *
 * @throws what ended it earlier
 */
export async function readAnswer(answer: Dispatcher.ResponseData, soFar: AnswerSoFar): Promise<void> {
  soFar.head = answer;
  for await (const chunk of chunksOf(answer)) {
    if (soFar.length < KEPT_BYTES) soFar.kept.push(Buffer.from(chunk.subarray(0, KEPT_BYTES - soFar.length)));
    soFar.length += chunk.length;
    // Leaving the loop destroys the body, and with it the connection.
    if (soFar.length > LONGEST_ANSWER_BYTES) return;
  }
}

/** An answer's first part as text that is safe to show; empty for a compressed body, which isn't unpacked. */
export function answerStart({ head, kept, length }: AnswerSoFar): string {
  const encoding = String(head?.headers['content-encoding'] ?? 'identity');
  if (encoding.toLowerCase() !== 'identity') return '';
  // A character that the limit cuts through is left out.
  const text = new TextDecoder().decode(Buffer.concat(kept), { stream: length > KEPT_BYTES });
  return text.replaceAll('\r\n', '\n').replace(HARMFUL_CHARACTERS, '\ufffd');
}

// A body is typed as a stream of anything, and gives bytes as long as no encoding is set.
function chunksOf({ body }: Dispatcher.ResponseData): AsyncIterable<Buffer> {
  return body;
}
