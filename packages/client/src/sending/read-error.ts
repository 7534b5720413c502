import { ERROR_CODES, type FieldError, isErrorCode } from '@countersign/contract';
import type { Answer } from '../answer.js';
import { CountersignError } from '../countersign-error.js';
import { isRecord } from '../is-record.js';
import { retryAfterSeconds } from './retry-after-seconds.js';

/** The machine-readable code of an error answer; undefined when it is not an envelope of the API. */
export function errorCodeOf(answer: Answer): string | undefined {
  return isRecord(answer.json) && typeof answer.json.code === 'string' ? answer.json.code : undefined;
}

/** The typed error of an answer that is not a success, contract §2. */
export function readError(answer: Answer, nowMs: number): CountersignError {
  const code = errorCodeOf(answer);
  const carried = {
    status: answer.status,
    requestId: answer.headers.get('x-request-id') ?? undefined,
    retryAfterSeconds: retryAfterSeconds(answer.headers, nowMs),
  };
  if (code === undefined || !isRecord(answer.json)) {
    return new CountersignError('invalid_response', foreignAnswerMessage(answer), carried);
  }
  const { message, details, errors, requestId } = answer.json;
  return new CountersignError<string>(code, typeof message === 'string' ? message : defaultMessage(code), {
    ...carried,
    requestId: typeof requestId === 'string' ? requestId : carried.requestId,
    details: isRecord(details) ? details : undefined,
    errors: Array.isArray(errors) ? errors.filter(isFieldError) : undefined,
  });
}

/** The error of an answer that claims success without being an envelope of the API. */
export function unreadableAnswer(answer: Answer): CountersignError {
  return new CountersignError('invalid_response', foreignAnswerMessage(answer), {
    status: answer.status,
    requestId: answer.headers.get('x-request-id') ?? undefined,
  });
}

function foreignAnswerMessage(answer: Answer): string {
  const type = answer.headers.get('content-type') ?? 'no content type';
  return `Status ${answer.status} came with a body that is not an envelope of this API (${type}). Check baseUrl, and any proxy between.`;
}

function defaultMessage(code: string): string {
  return isErrorCode(code) ? ERROR_CODES[code].message : `The server refused the request: ${code}`;
}

function isFieldError(value: unknown): value is FieldError {
  return (
    isRecord(value) &&
    typeof value.field === 'string' &&
    typeof value.code === 'string' &&
    typeof value.message === 'string'
  );
}
