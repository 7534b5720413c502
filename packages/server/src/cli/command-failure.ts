/** Ends a command with status 1 and one sentence for a person. */
export class CommandFailure extends Error {
  override readonly name = 'CommandFailure';
}

/** Ends a command with status 2: it was used wrongly. */
export class WrongUsage extends Error {
  override readonly name = 'WrongUsage';
}
