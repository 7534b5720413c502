import { errorStack } from '../error-stack.js';

/** What the log tells of an error: where it came from first, with the stack. */
export function reasonOf(error: unknown): string {
  return errorStack(error instanceof Error && error.cause !== undefined ? error.cause : error);
}

/** The status of a refusal by the web framework, of a request that it could not take; undefined for other errors. */
export function refusalStatusOf(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const { statusCode } = error;
  return typeof statusCode === 'number' && statusCode >= 400 && statusCode < 500 ? statusCode : undefined;
}
