import type { AddressInput, ContactInput } from '@countersign/contract';
import type { CountryCode } from 'libphonenumber-js/min';
import { emailKey } from '../../../storage/customers/email-key.js';
import { foldText } from '../../../storage/customers/search-text.js';
import { type ComparedName, comparedName } from './company-name.js';
import { countryCodeOf } from './country-code.js';
import { type PhoneKey, phoneKeyOf } from './phone-key.js';
import { emailHost, websiteHost } from './web-host.js';

/** What of a customer is compared, stored or as a caller sends it; nothing of it needs to be there. */
export interface Comparable {
  readonly customer?: string | null;
  readonly email?: string | null;
  readonly mainPhone?: string | null;
  readonly website?: string | null;
  readonly externalId?: string | null;
  readonly billingAddress?: AddressInput | null;
  readonly shippingAddress?: AddressInput | null;
  readonly contacts?: readonly ContactInput[] | null;
}

/** A customer as it is compared with others, contract §7.2. */
export interface Traits {
  readonly name: ComparedName | undefined;
  /** The key of the mailbox. */
  readonly email: string | undefined;
  readonly externalId: string | undefined;
  /** Of the customer and its contacts. */
  readonly phones: readonly PhoneKey[];
  /** Hosts of the website and of the mailboxes that are its own. */
  readonly hosts: readonly string[];
  readonly contactEmails: readonly string[];
  /** Names of contacts, their words in alphabetical order. */
  readonly contactNames: readonly string[];
  readonly country: CountryCode | undefined;
  /** Folded, without spaces. */
  readonly postcode: string | undefined;
  /** Folded. */
  readonly city: string | undefined;
}

/** Contacts that are looked at: more say nothing more. */
const MOST_CONTACTS = 10;

/** What of a customer is compared. */
export function traitsOf(customer: Comparable): Traits {
  const contacts = (customer.contacts ?? []).slice(0, MOST_CONTACTS);
  const address = customer.billingAddress ?? customer.shippingAddress;
  const country = told(address?.country, countryCodeOf);
  const contactEmails = contacts.map(({ email }) => email);
  const phoneOf = (phone: string) => phoneKeyOf(phone, country);
  return {
    name: told(customer.customer, comparedName),
    email: told(customer.email, emailKey),
    externalId: customer.externalId ?? undefined,
    phones: allTold([customer.mainPhone, ...contacts.map(({ phone }) => phone)], phoneOf),
    hosts: [
      ...new Set([
        ...allTold([customer.website], websiteHost),
        ...allTold([customer.email, ...contactEmails], emailHost),
      ]),
    ],
    contactEmails: allTold(contactEmails, emailKey),
    contactNames: allTold(contacts.map(personOf), (name) => comparedName(name)?.forms[0].sorted),
    country,
    postcode: told(address?.zipCode, (code) => foldText(code).replace(/[^\p{L}\p{N}]/gu, '')),
    city: told(address?.city, (city) =>
      foldText(city)
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim(),
    ),
  };
}

function personOf({ name, firstName, lastName }: ContactInput): string {
  return name ?? [firstName, lastName].filter((part) => part != null).join(' ');
}

function told<T>(text: string | null | undefined, key: (text: string) => T): T | undefined {
  return text == null || text.trim() === '' ? undefined : key(text);
}

function allTold(texts: readonly (string | null | undefined)[], key: (text: string) => string | undefined): string[] {
  return [...new Set(texts.flatMap((text) => told(text, key) ?? []))];
}
