import type { PartnerWarning } from '@countersign/contract';
import type { Answer } from '../answer.js';
import { isRecord } from '../is-record.js';
import { unreadableAnswer } from './read-error.js';

/** Where the app stands within its rate limit, contract §1.3. */
export interface RateLimit {
  /** Requests allowed per window. */
  readonly limit: number;
  /** Requests left in this window. */
  readonly remaining: number;
  /** Seconds until the window starts anew. */
  readonly resetSeconds: number;
}

/** What a successful call gives. */
export interface Result<T> {
  /** The record or records asked for. */
  readonly data: T;
  /** Fields that were sent and not used; empty when all were, contract §3.1. */
  readonly warnings: readonly PartnerWarning[];
  /** Version mark for `ifMatch` and `ifNoneMatch`, where the answer is one customer. */
  readonly etag: string | undefined;
  /** The id under which the server logged the request. */
  readonly requestId: string | undefined;
  /** Undefined when the server sent no rate-limit headers. */
  readonly rateLimit: RateLimit | undefined;
  /** True when the server gave a kept answer again for the same idempotency key, contract §1.4. */
  readonly replayed: boolean;
  /** HTTP status: 201 where something was created. */
  readonly status: number;
}

/**
 * The result in a success answer.
 *
 * @param field the field of the envelope's `data` that is wanted; the whole `data` when undefined, and for a token that may
 *   not read what it wrote
 * @throws {CountersignError} `invalid_response` when the answer is not a success envelope or lacks the field
 */
export function readResult<T>(answer: Answer, field: string | undefined): Result<T> {
  const data = isRecord(answer.json) ? answer.json.data : undefined;
  if (!isRecord(data)) throw unreadableAnswer(answer);
  const { _partnerWarnings: warnings, ...rest } = data;
  // A token that may not read customers is told in place of the record what became of it, contract §4.
  const wanted = field === undefined ? rest : (rest[field] ?? ('outcome' in rest ? rest : undefined));
  if (wanted === undefined) throw unreadableAnswer(answer);
  return {
    data: trustAnswer<T>(wanted),
    warnings: Array.isArray(warnings) ? trustAnswer<PartnerWarning[]>(warnings) : [],
    etag: answer.headers.get('etag') ?? undefined,
    requestId: answer.headers.get('x-request-id') ?? undefined,
    rateLimit: readRateLimit(answer.headers),
    replayed: answer.headers.get('idempotency-replayed') === 'true',
    status: answer.status,
  };
}

/**
 * Takes a parsed answer for what the contract says it is. The cast stands here because validating each answer would
 * put a schema library into the package and refuse fields that a newer server adds.
 */
function trustAnswer<T>(value: unknown): T {
  return value as T;
}

function readRateLimit(headers: Headers): RateLimit | undefined {
  const limit = readNumber(headers, 'ratelimit-limit');
  const remaining = readNumber(headers, 'ratelimit-remaining');
  const resetSeconds = readNumber(headers, 'ratelimit-reset');
  if (limit === undefined || remaining === undefined || resetSeconds === undefined) return undefined;
  return { limit, remaining, resetSeconds };
}

function readNumber(headers: Headers, name: string): number | undefined {
  const text = headers.get(name);
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
}
