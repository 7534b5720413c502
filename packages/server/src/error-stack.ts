/** What the log tells of something thrown: its stack, or what else there is of it. */
export function errorStack(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
