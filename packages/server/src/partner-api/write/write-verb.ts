import { PartnerError } from '@countersign/contract';
import { errorOfRefusal, type Refusal } from '../../refusal.js';
import { requireFirstEffect } from '../../storage/mark-request.js';
import type { TeamMark } from '../../storage/request-mark.js';
import { type Command, command, RowBusy, type Transaction } from '../../storage/storage.js';
import type { Scope } from '../scope.js';
import { type Answer, errorAnswer } from './answer.js';
import { type IdempotentAnswerStore, idempotentAnswerStore, type KeptAnswer } from './idempotent-answer-store.js';
import { countImport, countsOf } from './import-count-store.js';
import type { VerbRequest } from './verb-request.js';
import { markingTransaction, WatchedTransaction } from './watched-transaction.js';

/** An `Idempotency-Key` with what it is bound to, contract §1.4. */
export interface Idempotency {
  readonly teamId: number;
  readonly appId: number;
  readonly key: string;
  /** SHA-256 over method, target and body, hex. */
  readonly fingerprint: string;
}

/** One write of a partner request, as it crosses into the transaction. */
export interface AtomicWrite<I> {
  readonly requestId: string;
  /** What tells a signed request from others: one that comes again has no second effect. */
  readonly mark: TeamMark | undefined;
  readonly idempotency: Idempotency | undefined;
  /** The import that the write belongs to, contract §8. */
  readonly importUuid?: string | undefined;
  /** What the verb works on, or the refusal found before the transaction, to keep under the key. */
  readonly work: { readonly input: I } | { readonly refusal: Refusal };
}

/** An answer, and whether it was kept from an earlier, same request. */
export interface AtomicAnswer extends Answer {
  readonly isReplayed: boolean;
}

/** The rule of a write, whole, in the order in which it is followed. */
export interface WriteRule<I, P> {
  /** Unique among all commands. */
  readonly name: string;
  /** What the token must allow. */
  readonly scopes: readonly [Scope, ...Scope[]];
  /** Whether all that it changes is one statement. */
  readonly isOneStatement?: boolean;
  /** Whether what it deletes is gone from the database's bytes before it is answered. */
  readonly leavesNothing?: boolean;
  /** Reads and checks the request; may throw PartnerError. What it gives is copied into the thread that writes. */
  readonly read: (request: VerbRequest, parts: P) => I | Promise<I>;
  /** What is done in the transaction, the event that tells of it, and the answer. It locks what it reads before it changes it. */
  readonly write: (tx: Transaction, input: I) => Promise<Answer>;
}

/** A write verb of the partner API. */
export interface WriteVerb<I, P> extends Pick<WriteRule<I, P>, 'scopes' | 'read'> {
  readonly command: Command<AtomicWrite<I>, AtomicAnswer>;
}

/**
 * Makes a rule a verb. In one transaction with its effect, a kept answer is given again, or the rule is followed and its exact
 * answer is kept, contract §1.4. The key is claimed first, so that a second request with it waits for the first.
 *
 * A request that changes something is marked, in the same transaction: one that was marked before is refused as
 * `replayed_request`, and nothing of it is kept, contract §1.1. What changes nothing is answered, however often it comes.
 */
export function writeVerb<I, P = unknown>(rule: WriteRule<I, P>): WriteVerb<I, P> {
  const { name, scopes, isOneStatement = false, leavesNothing = false, read, write: verb } = rule;
  const isSingle = ({ idempotency, importUuid }: AtomicWrite<I>) =>
    isOneStatement && idempotency === undefined && importUuid === undefined;
  const atomic = command<AtomicWrite<I>, AtomicAnswer>({
    name,
    locksRows: true,
    leavesNothing,
    isOneStatement: isSingle,
    run: async (tx, write) => {
      const { idempotency, mark } = write;
      if (isSingle(write)) {
        const single = mark === undefined ? tx : markingTransaction(tx, mark);
        return { ...(await perform(single, write, verb)), isReplayed: false };
      }
      if (idempotency === undefined) {
        return { ...(await performOnce(tx, write, (watched) => perform(watched, write, verb))), isReplayed: false };
      }
      const store = idempotentAnswerStore(tx, idempotency);
      if (!(await claim(store))) return keptAnswer(await store.get(), idempotency);
      const answer = await performOnce(tx, write, (watched) => performOrRefuse(watched, write, verb));
      await store.keep(answer);
      return { ...answer, isReplayed: false };
    },
  });
  return { scopes, read, command: atomic };
}

// The mark comes last: whoever waits for it has done all else, so that no two wait for each other.
async function performOnce<I>(
  tx: Transaction,
  { mark, importUuid }: AtomicWrite<I>,
  work: (watched: Transaction) => Promise<Answer>,
): Promise<Answer> {
  const watched = new WatchedTransaction(tx);
  const answer = await work(watched);
  if (watched.hasChanged && mark !== undefined) await requireFirstEffect(tx, mark);
  if (importUuid !== undefined && mark !== undefined && answer.status < 300) {
    await countImport(tx, { teamId: mark.teamId, importUuid }, countsOf(answer, watched.hasChanged));
  }
  return answer;
}

async function claim(store: IdempotentAnswerStore): Promise<boolean> {
  try {
    return await store.claim();
  } catch (error) {
    if (error instanceof RowBusy) throw new PartnerError('idempotency_key_in_use', undefined, { cause: error });
    throw error;
  }
}

function keptAnswer(kept: KeptAnswer, { fingerprint }: Idempotency): AtomicAnswer {
  if (kept.fingerprint !== fingerprint) throw new PartnerError('idempotency_key_reused');
  return { status: kept.status, headers: kept.headers, body: kept.body, isReplayed: true };
}

type Verb<I> = WriteRule<I, never>['write'];

async function perform<I>(tx: Transaction, { work }: AtomicWrite<I>, verb: Verb<I>): Promise<Answer> {
  if ('input' in work) return verb(tx, work.input);
  throw errorOfRefusal(work.refusal);
}

// A refusal is an answer to keep as well; what the verb had written by then is undone first.
async function performOrRefuse<I>(tx: Transaction, write: AtomicWrite<I>, verb: Verb<I>): Promise<Answer> {
  try {
    return await tx.attempt(() => perform(tx, write, verb));
  } catch (error) {
    if (error instanceof PartnerError && error.status < 500 && error.status !== 429) {
      return errorAnswer(error, write.requestId);
    }
    throw error;
  }
}
