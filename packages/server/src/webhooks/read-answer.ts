/** Most bytes of an answer that are read before its connection is dropped, contract §5. */
const LONGEST_ANSWER_BYTES = 65_536;

/** Most bytes of an answer that are kept. */
const KEPT_BYTES = 4_096;

/** What no log, terminal or page should be given: control characters but tab and newline, and those that turn the text around. */
const HARMFUL_CHARACTERS = /(?![\t\n])[\p{Cc}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** What was read of an answer's body. */
export interface ReadAnswer {
  /** The first part as text that is safe to show; empty for a compressed body, which isn't unpacked. */
  readonly start: string;
  /** Why reading ended before the body did; undefined when it was read to its end, or as far as is ever read. */
  readonly failure: unknown;
}

/** Reads a body, a limited part of it; never fails. */
export async function readAnswer(body: AsyncIterable<Buffer>, contentEncoding: string): Promise<ReadAnswer> {
  const kept: Buffer[] = [];
  let length = 0;
  let failure: unknown;
  try {
    for await (const chunk of body) {
      if (length < KEPT_BYTES) kept.push(chunk.subarray(0, KEPT_BYTES - length));
      length += chunk.length;
      // Leaving the loop destroys the body, and with it the connection.
      if (length > LONGEST_ANSWER_BYTES) break;
    }
  } catch (error) {
    failure = error;
  }
  const isPlain = contentEncoding === '' || contentEncoding === 'identity';
  return { start: isPlain ? safeText(Buffer.concat(kept), length > KEPT_BYTES) : '', failure };
}

/** A character that the limit cuts through is left out. */
function safeText(bytes: Buffer, isCut: boolean): string {
  const text = new TextDecoder().decode(bytes, { stream: isCut });
  return text.replaceAll('\r\n', '\n').replace(HARMFUL_CHARACTERS, '\ufffd');
}
