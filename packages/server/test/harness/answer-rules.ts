import { ERROR_CODES, isErrorCode } from '@countersign/contract';

/** What of an answer the rules look at. */
export interface CheckedAnswer {
  readonly status: number;
  readonly requestId: string | null | undefined;
  readonly text: string;
}

/** Traces of the inside that no answer may show; inputs of the tests do not have them. */
const INNER_WORDS = [
  /\n\s+at .+:\d+:\d+/,
  /\bat (?:async )?[\w.<>]+ \(/,
  /node_modules|node:internal|\/dist\/|file:\/\//,
  /sqlite|SQLITE_|constraint failed|no such (?:table|column)|fts5/i,
  /\b(?:insert into|delete from|update customers set|select \w+ from)\b/i,
  /cs_secret_|cs_at_|cs_rt_/,
];

/**
 * What is wrong with an answer by contract §2, whatever was asked: a status of 500 or more, an error that is not in the
 * envelope, a request id that differs, or a word from the inside. Undefined for a good one.
 *
 * @param secrets further texts that must not stand in it
 */
export function findAnswerFault(answer: CheckedAnswer, secrets: readonly string[] = []): string | undefined {
  const { status, requestId, text } = answer;
  if (status < 200 || status > 499) return `the status is ${status}`;
  if (!requestId) return 'there is no X-Request-Id';
  const word = INNER_WORDS.find((pattern) => pattern.test(text));
  if (word !== undefined) return `it shows ${String(word)}`;
  if (secrets.some((secret) => text.includes(secret))) return 'it shows a secret';
  return status < 400 ? undefined : findEnvelopeFault(answer);
}

function findEnvelopeFault({ status, requestId, text }: CheckedAnswer): string | undefined {
  const body = parseObject(text);
  if (body === undefined) return 'the body is not a JSON object';
  if (body.status !== 'error') return 'status is not "error"';
  if (typeof body.message !== 'string' || body.message === '') return 'there is no message';
  if (typeof body.code !== 'string' || !isErrorCode(body.code)) return `${String(body.code)} is not a known code`;
  if (ERROR_CODES[body.code].status !== status) return `${body.code} came with status ${status}`;
  if (body.statusCode !== status) return 'statusCode is not the status';
  if (body.requestId !== requestId) return 'requestId is not that of the header';
  if (body.code === 'validation_error' && !isErrorList(body.errors)) return 'errors is not a list of fields at fault';
  return undefined;
}

function isErrorList(errors: unknown): boolean {
  return (
    Array.isArray(errors) &&
    errors.length > 0 &&
    errors.every(
      (error) =>
        typeof error?.field === 'string' && typeof error.code === 'string' && typeof error.message === 'string',
    )
  );
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
