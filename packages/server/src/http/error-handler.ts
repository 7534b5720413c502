import { type ErrorCode, PartnerError } from '@countersign/contract';
import type { FastifyBaseLogger, FastifyReply, FastifyRequest } from 'fastify';
import { errorAnswer } from '../partner-api/write/answer.js';
import { sendAnswer } from '../partner-api/write/send-answer.js';
import { reasonOf, refusalStatusOf } from './fault.js';

/** Refusals of the web framework, in the API's own codes. */
const FRAMEWORK_CODES = new Map<string, ErrorCode>([
  ['FST_ERR_CTP_BODY_TOO_LARGE', 'payload_too_large'],
  ['FST_ERR_CTP_INVALID_MEDIA_TYPE', 'unsupported_media_type'],
  ['FST_ERR_CTP_INVALID_CONTENT_LENGTH', 'malformed_request'],
  ['FST_ERR_BAD_URL', 'malformed_request'],
  ['FST_ERR_ASYNC_CONSTRAINT', 'malformed_request'],
]);

/** Answers every error in the envelope, contract §2; what is our fault is logged, and told to nobody. */
export async function handleError(error: unknown, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
  const refusal = refusalFrom(error, request);
  if (refusal.status >= 500) logFault(request.log, request.id, refusal);
  return sendAnswer(reply, errorAnswer(refusal, request.id));
}

function refusalFrom(error: unknown, request: FastifyRequest): PartnerError {
  if (error instanceof PartnerError) return error;
  const code = frameworkCode(error);
  if (code === undefined) return new PartnerError('internal_error', undefined, { cause: error });
  return new PartnerError(code, isBadPath(error) ? badPathMessage(request.raw.url ?? '') : undefined);
}

function isBadPath(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'FST_ERR_BAD_URL';
}

/** Characters that are shown of a path that cannot be read. */
const SHOWN_OF_PATH = 100;

function badPathMessage(target: string): string {
  const parts = target.split(/[?#]/)[0]?.split('/') ?? [];
  const faulty = parts.find((part) => !isDecodable(part)) ?? '';
  return `The path must be UTF-8 in percent-encoding, and has "${faulty.slice(0, SHOWN_OF_PATH)}".`;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function frameworkCode(error: unknown): ErrorCode | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const known = 'code' in error ? FRAMEWORK_CODES.get(String(error.code)) : undefined;
  if (known !== undefined) return known;
  return refusalStatusOf(error) === undefined ? undefined : 'malformed_request';
}

function logFault(log: FastifyBaseLogger, requestId: string, fault: PartnerError): void {
  log.error({ requestId, code: fault.code, reason: reasonOf(fault) }, 'request failed');
}
