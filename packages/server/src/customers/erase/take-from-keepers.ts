import type { Customer } from '@countersign/contract';
import { isSameValue } from '../../is-same-value.js';
import type { TeamScope } from '../../partner-api/write/verb-request.js';
import { type Transaction, WriteConflict } from '../../storage/storage.js';
import { appendEvent, forgetEventsSince } from '../../webhooks/outbox/outbox.js';
import { nextVersion } from '../customer-record.js';
import { customerStore, type FoundCustomer } from '../customer-store.js';
import { lockCustomers } from '../merge/locked-customers.js';
import { changeMerge, listMergesInto, type StoredMerge, type Taken } from '../merge/merge-store.js';
import { findMergedInto } from '../merge/merged-into-store.js';
import { partOf, withoutFormerPart, withoutPart } from '../merge/part-of.js';
import { takeBack } from '../merge/take-back.js';
import { replaceDeleted, replaceVersions } from './kept-row-store.js';

interface ToErase {
  readonly scope: TeamScope;
  readonly uuid: string;
}

/** What was taken from customers that had taken it from another. */
export interface TakenFromKeepers {
  /** Contacts that are gone with it. */
  readonly contacts: Taken['contacts'];
  /** By UUID, how any version of one of them is without what it took. */
  readonly keepers: ReadonlyMap<string, (customer: Customer) => Customer>;
}

/** What one customer took, in which all others into it stand. */
interface Kept {
  readonly scope: TeamScope;
  readonly found: FoundCustomer;
  /** The merge by which it was taken. */
  readonly merge: StoredMerge;
  /** What of it came from the one to erase. */
  readonly part: Taken;
  readonly later: readonly StoredMerge[];
}

/**
 * Keeps a customer, those that it was merged into one after the other, and those merged into it from being changed until the
 * transaction ends; in the order that merges take. Gives those that it was merged into, the first first.
 *
 * @throws WriteConflict where it was merged or unmerged meanwhile
 */
export async function lockWithKeepers(tx: Transaction, { scope, uuid }: ToErase): Promise<readonly FoundCustomer[]> {
  const { teamId } = scope;
  const chain = await listChain(tx, { teamId, uuid });
  const merged = await listMergesInto(tx, { teamId, into: uuid });
  const others = merged.map((merge) => merge.uuid);
  const found = await lockCustomers(customerStore(tx, scope), [uuid, ...chain, ...others]);
  if (!isSameValue(await listChain(tx, { teamId, uuid }), chain))
    throw new WriteConflict('a customer to erase was merged');
  return chain.flatMap((one) => found.get(one) ?? []);
}

async function listChain(
  tx: Transaction,
  { teamId, uuid }: { readonly teamId: number; readonly uuid: string },
): Promise<string[]> {
  const chain: string[] = [];
  for (let next = await findMergedInto(tx, { teamId, uuid }); next !== undefined; ) {
    chain.push(next);
    next = await findMergedInto(tx, { teamId, uuid: next });
  }
  return chain;
}

/**
 * Takes from the customers that a merged one was merged into what came from it and was not changed since, in each version and
 * in what is to be told of them. A live one gets a new version.
 *
 * @throws PartnerError `email_already_exists`, `external_id_already_exists` where another has by now what a live one had before
 */
export async function takeFromKeepers(
  tx: Transaction,
  { scope, uuid, keepers }: ToErase & { readonly keepers: readonly FoundCustomer[] },
): Promise<TakenFromKeepers> {
  const contacts: Customer['contacts'][number][] = [];
  const cleaned = new Map<string, (customer: Customer) => Customer>();
  let [gone, part]: [string, Taken | undefined] = [uuid, undefined];
  for (const found of keepers) {
    const into = found.customer.uuid;
    const merges = await listMergesInto(tx, { teamId: scope.teamId, into });
    const merge = merges.find((one) => one.uuid === gone);
    if (merge === undefined) break;
    const later = merges.filter((one) => one.intoVersion > merge.intoVersion);
    const ofIt: Taken = part === undefined ? merge.taken : partOf({ given: merge.taken, source: part });
    const kept: Kept = { scope, found, merge, part: ofIt, later };
    await takeFromKept(tx, kept);
    if (part !== undefined) await changeMerge(tx, { ...merge, taken: withoutPart(merge.taken, ofIt) });
    contacts.push(...ofIt.contacts);
    cleaned.set(into, (customer) => versionWithout(customer, kept));
    [gone, part] = [into, ofIt];
  }
  return { contacts, keepers: cleaned };
}

async function takeFromKept(tx: Transaction, kept: Kept): Promise<void> {
  const { scope, found, merge, part, later } = kept;
  const { teamId, into: uuid, intoVersion: from } = merge;
  const { customer, passedOn } = takeBack(found.customer, { taken: part, later });
  await forgetEventsSince(tx, { teamId, uuid, from });
  if (found.isDeleted) {
    await replaceDeleted(tx, teamId, customer);
  } else {
    const after = nextVersion(customer, new Date(tx.now()));
    const { body } = await customerStore(tx, scope).update({ before: found.customer, after });
    // Without the values that it had.
    await appendEvent(tx, { teamId, kind: 'updated', before: after, after, body });
  }
  const before = found.customer.version + (found.isDeleted ? 0 : 1);
  await replaceVersions(tx, { teamId, uuid, from, before }, (former) => versionWithout(former, kept));
  const passed = new Map(passedOn.map((heir) => [heir.uuid, heir]));
  for (const one of later) {
    const heir = passed.get(one.uuid) ?? one;
    const taken = withoutFormerPart(heir.taken, part);
    if (!isSameValue(taken, one.taken)) await changeMerge(tx, { ...heir, taken });
  }
}

// A version that was before the merge has nothing of it.
function versionWithout(customer: Customer, { merge, part, later }: Kept): Customer {
  if (customer.version < merge.intoVersion) return customer;
  const known = later.filter(({ intoVersion }) => intoVersion <= customer.version);
  return takeBack(customer, { taken: part, later: known }).customer;
}
