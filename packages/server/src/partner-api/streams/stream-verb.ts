import type { Scope } from '../scope.js';
import type { VerbParts } from '../write/read-verb.js';
import type { VerbRequest } from '../write/verb-request.js';

/** An answer that is made while it is sent. */
export interface OpenStream {
  readonly headers: Readonly<Record<string, string>>;
  /** Its bytes, each piece made when it is asked for. */
  readonly pieces: AsyncGenerator<Uint8Array, void>;
  /** Lets go of all that it holds, at its end or before. */
  close(): Promise<void>;
}

/** A read whose answer is of any size. */
export interface StreamVerb<I, P extends VerbParts = VerbParts> {
  readonly scopes: readonly [Scope, ...Scope[]];
  /** What of the request the answer depends on; may throw PartnerError. */
  readonly read: (request: VerbRequest) => I;
  readonly open: (parts: P, input: I) => Promise<OpenStream>;
}

/** A stream verb, whose input is what its `read` gives. */
export function streamVerb<I, P extends VerbParts = VerbParts>(verb: StreamVerb<I, P>): StreamVerb<I, P> {
  return verb;
}
