import { PartnerError } from '@countersign/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { MessagePage } from './message-page.js';
import { PageError } from './page-error.js';
import { sendPage } from './send-page.js';

/** Answers every error of a page with a page; what is our fault is logged, and told to nobody. */
export function answerPageError(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { status, shown } = pageErrorOf(error);
  const isOurs = status >= 500;
  if (isOurs) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    request.log.error({ requestId: request.id, reason: `${reason}${causeOf(error)}` }, 'page failed');
  }
  const requestId = isOurs ? request.id : undefined;
  return sendPage(reply, {
    status,
    title: shown.heading,
    page: MessagePage({ ...shown, requestId, isFault: true }),
  });
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error) || error.cause === undefined) return '';
  return ` caused by ${error.cause instanceof Error ? error.cause.stack : String(error.cause)}`;
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
  const status = statusOf(error);
  if (status !== undefined) {
    return new PageError(status, { heading: 'This did not work', message: 'The form cannot be read.' });
  }
  return new PageError(500, { heading: 'Something went wrong', message: 'It is our fault. Try again soon.' });
}

// A refusal of the web framework: a form that is too large, or is none.
function statusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}
