import type { DuplicateReason } from '@countersign/contract';
import { likenessOf } from './company-name.js';
import { HIGHEST_SCORES, WEIGHTS } from './duplicate-rules.js';
import { isSamePhone } from './phone-key.js';
import type { Traits } from './traits.js';

/** How likely two customers are the same, and why. */
export interface Score {
  /** 0 to 1, with two digits behind the point. */
  readonly score: number;
  readonly reasons: readonly DuplicateReason[];
}

/** Hosts and phones that so many customers of a team have that they tell nothing. */
export interface CommonTraits {
  isCommon(kind: 'phone' | 'website', value: string): boolean;
}

const NOTHING_COMMON: CommonTraits = { isCommon: () => false };

/** How likely two customers are the same; the order of the two does not matter. */
export function scoreOf(
  pair: { readonly one: Traits; readonly other: Traits },
  common: CommonTraits = NOTHING_COMMON,
): Score {
  const { one, other } = pair;
  const likeness = likenessOf(one.name, other.name);
  const reasons: DuplicateReason[] = [];
  let odds = WEIGHTS.start + WEIGHTS.name[likeness];
  const add = (reason: DuplicateReason, weight: number) => {
    if (!reasons.includes(reason)) reasons.push(reason);
    odds += weight;
  };
  const isSameMailbox = one.email !== undefined && one.email === other.email;
  if (isSameMailbox) add('email', WEIGHTS.email);
  const isSameId = one.externalId !== undefined && one.externalId === other.externalId;
  if (isSameId) add('externalId', WEIGHTS.externalId);
  const phones = one.phones.filter((phone) => !common.isCommon('phone', phone));
  if (phones.some((phone) => other.phones.some((same) => isSamePhone(phone, same)))) add('phone', WEIGHTS.phone);
  else if (phones.length > 0 && other.phones.length > 0) odds += WEIGHTS.otherPhone;
  if (likeness === 'same') add('name', 0);
  else if (likeness === 'typo' || likeness === 'partial') add('similar_name', 0);
  const hosts = one.hosts.filter((host) => !common.isCommon('website', host));
  if (!isSameMailbox && shares(hosts, other.hosts)) add('website', WEIGHTS.website);
  else if (hosts.length > 0 && other.hosts.length > 0 && !shares(one.hosts, other.hosts)) odds += WEIGHTS.otherWebsite;
  if (sharesMailbox(one, other)) add('contact', WEIGHTS.contactEmail);
  else if (shares(one.contactNames, other.contactNames)) add('contact', WEIGHTS.contactName);
  odds += placeWeight(one, other);
  const highest = isSameMailbox || isSameId ? 1 : HIGHEST_SCORES[likeness];
  return { score: Math.round(Math.min(highest, 1 / (1 + Math.exp(-odds))) * 100) / 100, reasons };
}

function sharesMailbox(one: Traits, other: Traits): boolean {
  const mailboxes = (traits: Traits) => (traits.email === undefined ? [] : [traits.email]);
  return (
    shares(one.contactEmails, [...other.contactEmails, ...mailboxes(other)]) ||
    shares(mailboxes(one), other.contactEmails)
  );
}

function placeWeight(one: Traits, other: Traits): number {
  if (differ(one.country, other.country)) return WEIGHTS.otherCountry;
  if (one.postcode !== undefined && one.postcode === other.postcode) return WEIGHTS.samePostcode;
  if (differ(one.city, other.city)) return WEIGHTS.otherCity;
  return one.city !== undefined && one.city === other.city ? WEIGHTS.sameCity : 0;
}

function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

function shares(some: readonly string[], others: readonly string[]): boolean {
  return some.some((value) => others.includes(value));
}
