import type { FastifyReply } from 'fastify';
import type { Answer } from './answer.js';

interface Waiting {
  readonly reply: FastifyReply;
  readonly answer: Answer;
}

let waiting: Waiting[] = [];

/**
 * Sends an answer as it is, with the other answers of this turn of the event loop. Written one right after the other,
 * they wake the receiving side once and not once each, which under load costs more than making the answer.
 */
export function sendAnswer(reply: FastifyReply, answer: Answer): FastifyReply {
  waiting.push({ reply, answer });
  if (waiting.length === 1) setImmediate(sendWaiting);
  return reply;
}

function sendWaiting(): void {
  const batch = waiting;
  waiting = [];
  for (const { reply, answer } of batch) sendNow(reply, answer);
}

// One answer that cannot be sent must not keep back those behind it.
function sendNow(reply: FastifyReply, answer: Answer): void {
  try {
    reply.code(answer.status).headers(answer.headers).type('application/json; charset=utf-8').send(answer.body);
  } catch (error) {
    reply.log.error({ reason: error instanceof Error ? error.stack : String(error) }, 'an answer could not be sent');
    reply.raw.destroy();
  }
}
