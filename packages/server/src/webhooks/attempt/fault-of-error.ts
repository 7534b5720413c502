import { errors } from 'undici';
import { DeliveryFailure, type DeliveryFault } from './delivery-fault.js';

const FAULTS_BY_CODE = new Map<unknown, DeliveryFault>([
  ['ECONNREFUSED', 'connection_refused'],
  ['ECONNRESET', 'connection_closed'],
  ['EPIPE', 'connection_closed'],
  ['UND_ERR_SOCKET', 'connection_closed'],
  ['HPE_INVALID_EOF_STATE', 'connection_closed'],
  ['ETIMEDOUT', 'timeout'],
  ['UND_ERR_CONNECT_TIMEOUT', 'timeout'],
  ['UND_ERR_HEADERS_OVERFLOW', 'malformed_answer'],
  ['UND_ERR_RES_CONTENT_LENGTH_MISMATCH', 'malformed_answer'],
]);

/**
 * The word for what went wrong on the way to a receiver, or on the way back.
 *
 * @throws what it was given when that was no fault of the way, but of the caller
 */
export function faultOfError(error: unknown): DeliveryFault {
  if (error instanceof DeliveryFailure) return error.fault;
  if (!(error instanceof Error) || error instanceof errors.InvalidArgumentError) throw error;
  const code = 'code' in error ? error.code : undefined;
  const known = FAULTS_BY_CODE.get(code);
  if (error instanceof errors.HTTPParserError) return known ?? 'malformed_answer';
  // It was undici that hung up on an answer that nobody asked for, such as a switch of protocols.
  if (/^bad (?:upgrade|response)$/.test(error.message)) return 'malformed_answer';
  return known ?? 'unreachable';
}
