import { hash } from 'node:crypto';
import { phoneEnd } from './phone-key.js';
import type { Traits } from './traits.js';

/** What a customer is looked up by when others like it are looked for. */
export interface MatchKey {
  readonly kind: 'name' | 'phone' | 'website' | 'mailbox' | 'word';
  /** What is hashed, as the traits have it. */
  readonly value: string;
  /** 48 bits of a hash: a whole number in every engine. Two values that meet are told apart when they are compared. */
  readonly hash: number;
}

/** Words of a name that are looked up, the longest first. */
const MOST_WORDS = 2;
/** Letters at the start and the end of a name of one word, which a mistake in it leaves as they are. */
const WORD_PART = 5;
/** Keys of a kind: contacts may have many. */
const MOST_OF_KIND = 10;

/**
 * The keys of a customer: whoever may be the same has one of them, too. Mailbox and external id of the customer itself have
 * indexes of their own.
 */
export function matchKeysOf(traits: Traits): MatchKey[] {
  const { name, phones, hosts, contactEmails } = traits;
  return [
    ...keys('name', name?.forms.map(({ sorted }) => sorted) ?? []),
    ...keys('phone', phones.map(phoneEnd)),
    ...keys('website', hosts),
    ...keys('mailbox', contactEmails),
    ...keys('word', name === undefined ? [] : wordsOf(name.forms[0].words)),
  ];
}

/** The key of a mailbox, for those who have it as a contact's. */
export function mailboxKey(email: string): MatchKey {
  return matchKey('mailbox', email);
}

function wordsOf(words: readonly string[]): string[] {
  const [only = ''] = words;
  if (words.length > 1) return words.toSorted((a, b) => b.length - a.length).slice(0, MOST_WORDS);
  return only.length <= WORD_PART ? [only] : [only, `${only.slice(0, WORD_PART)}-`, `-${only.slice(-WORD_PART)}`];
}

function keys(kind: MatchKey['kind'], values: readonly string[]): MatchKey[] {
  return [...new Set(values)].slice(0, MOST_OF_KIND).map((value) => matchKey(kind, value));
}

function matchKey(kind: MatchKey['kind'], value: string): MatchKey {
  return { kind, value, hash: Number.parseInt(hash('sha256', `${kind}\n${value}`).slice(0, 12), 16) };
}
