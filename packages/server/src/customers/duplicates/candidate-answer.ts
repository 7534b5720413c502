import { DUPLICATE_LIMITS, type DuplicateCandidate } from '@countersign/contract';
import type { ComparedCustomer } from './compared-customer.js';
import type { Candidate } from './find-candidates.js';
import type { Score } from './rules/score-of.js';

/** The best candidates as they are answered, contract §7.2. */
export function bestOf(candidates: readonly Candidate[]): DuplicateCandidate[] {
  return candidates.slice(0, DUPLICATE_LIMITS.candidates).map(({ found, ...score }) => candidateAnswer(found, score));
}

/** A candidate as it is answered, contract §7.2. */
export function candidateAnswer(
  { uuid, customer, email }: ComparedCustomer,
  { score, reasons }: Score,
): DuplicateCandidate {
  return { uuid, customer, email, score, reasons: [...reasons] };
}
