import { randomUUID } from 'node:crypto';
import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorCode, PartnerError } from '@countersign/contract';
import { errorAnswer } from '../../partner-api/write/answer.js';
import { endConnection } from './linger.js';

const PARSER_CODES = new Map<string, ErrorCode>([
  ['HPE_HEADER_OVERFLOW', 'headers_too_large'],
  ['ERR_HTTP_REQUEST_TIMEOUT', 'request_timeout'],
]);

/** Answers a request that never became one: bytes that are not HTTP, headers without end, a body that never came. */
export function answerClientError(error: Error, socket: Socket): void {
  const code = 'code' in error ? String(error.code) : '';
  if (code === 'ECONNRESET') socket.destroy();
  else endWith(socket, PARSER_CODES.get(code) ?? 'malformed_request');
}

/** Answers a request that stopped on its way: 408. */
export function answerLate(socket: Socket): void {
  endWith(socket, 'request_timeout');
}

function endWith(socket: Socket, code: ErrorCode): void {
  const requestId = randomUUID();
  const { status, body } = errorAnswer(new PartnerError(code), requestId);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
    'Connection: close',
  ];
  endConnection(socket, `${head.join('\r\n')}\r\n\r\n${body}`);
}
