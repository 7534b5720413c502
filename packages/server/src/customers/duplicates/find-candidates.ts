import { setImmediate as turn } from 'node:timers/promises';
import type { ComparedCustomer } from './compared-customer.js';
import { type MatchReader, MOST_HOLDERS } from './match-store.js';
import { CANDIDATE_SCORE } from './rules/duplicate-rules.js';
import { type MatchKey, mailboxKey } from './rules/match-keys.js';
import { phoneEnd } from './rules/phone-key.js';
import { type CommonTraits, type Score, scoreOf } from './rules/score-of.js';
import type { Traits } from './rules/traits.js';

/** A customer for which others are looked for. */
export interface Probe {
  readonly traits: Traits;
  readonly keys: readonly MatchKey[];
  /** Of a stored one. */
  readonly uuid?: string;
}

/** A stored customer that may be the same as a probe. */
export interface Candidate extends Score {
  readonly found: ComparedCustomer;
}

/** Where candidates are looked for. */
export interface SearchedCustomers {
  readonly reader: MatchReader;
  /** Live ones whose keys are not stored yet. */
  readonly fresh: readonly ComparedCustomer[];
  /** The lowest score; {@link CANDIDATE_SCORE} where it is left out. */
  readonly lowest?: number;
}

/** Stored customers that one probe is compared with at most, those with the rarest keys first. */
const MOST_COMPARED = 60;
/** Probes after which everybody else has a turn. */
const PROBES_PER_TURN = 4;

/**
 * For each probe the live customers that may be the same, best first. What is found by a key is compared as it is now. All
 * probes are looked up together, with the same few statements for one as for a hundred.
 */
export async function findCandidates(
  probes: readonly Probe[],
  { reader, fresh, lowest = CANDIDATE_SCORE }: SearchedCustomers,
): Promise<Candidate[][]> {
  const freshHolders = holdersAmong(fresh);
  const keysOf = (probe: Probe) => [
    ...probe.keys,
    ...(probe.traits.email === undefined ? [] : [mailboxKey(probe.traits.email)]),
  ];
  const [holders, byEmail, byExternalId] = await Promise.all([
    reader.findHolders(probes.flatMap((probe) => keysOf(probe).map(({ hash }) => hash))),
    reader.findByEmails(probes.flatMap(({ traits, uuid }) => mailboxesOf(traits, uuid))),
    reader.findByExternalIds(probes.flatMap(({ traits, uuid }) => (uuid === undefined ? told(traits.externalId) : []))),
  ]);
  const holdersOf = ({ hash }: MatchKey) => [...(holders.get(hash) ?? []), ...(freshHolders.get(hash) ?? [])];
  const looked = probes.map((probe) => rarestFirst(keysOf(probe).map(holdersOf)).slice(0, MOST_COMPARED));
  const known = new Map([...fresh, ...byEmail, ...byExternalId].map((customer) => [customer.uuid, customer]));
  for (const customer of await reader.findByUuids(looked.flat())) known.set(customer.uuid, customer);
  const direct = directFinds([...byEmail, ...byExternalId, ...fresh]);
  const answers: Candidate[][] = [];
  for (const [index, probe] of probes.entries()) {
    if (index % PROBES_PER_TURN === PROBES_PER_TURN - 1) await turn();
    const common = commonTraits(probe, (key) => holdersOf(key).length > MOST_HOLDERS);
    const uuids = new Set([...direct(probe.traits), ...(looked[index] ?? [])]);
    if (probe.uuid !== undefined) uuids.delete(probe.uuid);
    const compared = [...uuids].flatMap((uuid) => known.get(uuid) ?? []);
    const candidates = compared.map((found) => ({
      found,
      ...scoreOf({ one: probe.traits, other: found.traits }, common),
    }));
    answers.push(candidates.filter(({ score }) => score >= lowest).sort(byScore));
  }
  return answers;
}

function byScore(one: Candidate, other: Candidate): number {
  return other.score - one.score || (one.found.uuid < other.found.uuid ? -1 : 1);
}

function told(value: string | undefined): string[] {
  return value === undefined ? [] : [value];
}

// A stored one holds its own mailbox alone.
function mailboxesOf({ email, contactEmails }: Traits, uuid: string | undefined): string[] {
  return [...(uuid === undefined ? told(email) : []), ...contactEmails];
}

function holdersAmong(customers: readonly ComparedCustomer[]): ReadonlyMap<number, readonly string[]> {
  const holders = new Map<number, string[]>();
  for (const { uuid, keys } of customers) {
    for (const { hash } of keys) {
      const found = holders.get(hash);
      if (found === undefined) holders.set(hash, [uuid]);
      else found.push(uuid);
    }
  }
  return holders;
}

function rarestFirst(holders: readonly (readonly string[])[]): string[] {
  const rare = holders.filter(({ length }) => length > 0 && length <= MOST_HOLDERS);
  return [...new Set(rare.sort((one, other) => one.length - other.length).flat())];
}

// Who has a mailbox or an external id of a probe.
function directFinds(customers: readonly ComparedCustomer[]): (traits: Traits) => string[] {
  const byEmail = new Map<string, string>();
  const byExternalId = new Map<string, string>();
  for (const { uuid, traits } of customers) {
    if (traits.email !== undefined) byEmail.set(traits.email, uuid);
    if (traits.externalId !== undefined) byExternalId.set(traits.externalId, uuid);
  }
  return ({ email, contactEmails, externalId }) => [
    ...[...told(email), ...contactEmails].flatMap((mailbox) => byEmail.get(mailbox) ?? []),
    ...told(externalId).flatMap((id) => byExternalId.get(id) ?? []),
  ];
}

function commonTraits({ keys }: Probe, isCommon: (key: MatchKey) => boolean): CommonTraits {
  const common = new Set(keys.filter(isCommon).map(({ kind, value }) => `${kind} ${value}`));
  return { isCommon: (kind, value) => common.has(`${kind} ${kind === 'phone' ? phoneEnd(value) : value}`) };
}
