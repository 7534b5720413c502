/** A server that this program cannot work with; its message ends the sentence "Cannot use the database …". */
export class UnfitServer extends Error {
  override readonly name = 'UnfitServer';
}
