import { PartnerError } from '@countersign/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { reasonOf, refusalStatusOf } from '../http/fault.js';
import { MessagePage } from './message-page.js';
import { PageError } from './page-error.js';
import { sendPage } from './send-page.js';

/** Answers every error of a page with a page; what is our fault is logged, and told to nobody. */
export function answerPageError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, shown } = pageErrorOf(error);
  const isOurs = status >= 500;
  if (isOurs) {
    request.log.error({ requestId: request.id, reason: reasonOf(error) }, 'page failed');
  }
  const requestId = isOurs ? request.id : undefined;
  return sendPage(reply, {
    status,
    title: shown.heading,
    page: MessagePage({ ...shown, requestId, isFault: true }),
  });
}

function pageErrorOf(error: unknown): PageError {
  if (error instanceof PageError) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (code.startsWith('FST_CSRF_')) {
    return new PageError(403, {
      heading: 'This form is too old',
      message: 'Go back, load the page again, and send the form once more. Cookies have to be allowed.',
    });
  }
  if (error instanceof PartnerError && error.status < 500) {
    return new PageError(error.status, { heading: 'This did not work', message: error.message });
  }
  if (error instanceof PartnerError && error.code === 'unavailable') {
    return new PageError(503, {
      heading: 'Not available right now',
      message: 'Nothing can be stored or read at the moment. Try again soon.',
    });
  }
  // A form that is too large, or is none.
  const status = refusalStatusOf(error);
  if (status !== undefined) {
    return new PageError(status, { heading: 'This did not work', message: 'The form cannot be read.' });
  }
  return new PageError(500, { heading: 'Something went wrong', message: 'It is our fault. Try again soon.' });
}
