import type { Storage } from '../../storage/storage.js';
import type { Scope } from '../scope.js';
import type { Answer } from './answer.js';
import type { VerbRequest } from './verb-request.js';

/** The least that verbs are served with. */
export interface VerbParts {
  readonly storage: Storage;
}

/** A read of the partner API, whole: what its token must allow, what of the request it needs, and what it answers. */
export interface ReadVerb<I, P extends VerbParts = VerbParts> {
  readonly scopes: readonly [Scope, ...Scope[]];
  /** What of the request the answer depends on; may throw PartnerError. */
  readonly read: (request: VerbRequest) => I;
  /** An answer with an `ETag` is not sent to who has it already, contract §1.5. */
  readonly answer: (parts: P, input: I) => Promise<Answer>;
}

/** A read verb, whose input is what its `read` gives. */
export function readVerb<I, P extends VerbParts = VerbParts>(verb: ReadVerb<I, P>): ReadVerb<I, P> {
  return verb;
}
