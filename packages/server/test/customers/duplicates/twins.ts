import { readFileSync } from 'node:fs';
import type { CustomerInput } from '@countersign/contract';
import { parse } from 'csv-parse/sync';

/** What may be asked about: a customer of which nothing needs to be there. */
export type Candidate = Partial<CustomerInput>;

/** A company, ten records of it as people make them, and ten of companies that only look like it. */
export interface Family {
  readonly original: CustomerInput;
  readonly twins: readonly Candidate[];
  readonly lookalikes: readonly Candidate[];
}

type Row = Readonly<
  Record<'CompanyName' | 'ContactName' | 'Address' | 'City' | 'PostalCode' | 'Country' | 'Phone', string>
>;

/** The companies of Microsoft's Northwind sample (MIT license). They have no mailboxes and websites, and get some here. */
const rows: readonly Row[] = parse(readFileSync(new URL('./northwind-customers.csv', import.meta.url)), {
  columns: true,
});

/** The families of all companies, always the same. */
export function makeFamilies(): Family[] {
  return rows.map((row, index) => {
    const facts = factsOf(row, index);
    return { original: facts.original, twins: twinsOf(facts), lookalikes: lookalikesOf(facts) };
  });
}

interface Facts {
  readonly original: CustomerInput;
  readonly index: number;
  readonly name: string;
  readonly first: string;
  readonly last: string;
  readonly host: string;
  readonly phone: string;
  readonly city: string;
  readonly address: { street: string; city: string; zipCode: string; country: string };
}

function factsOf(row: Row, index: number): Facts {
  const name = row.CompanyName;
  const [first = '', ...others] = row.ContactName.split(' ');
  const last = others.join(' ');
  const host = `${plain(name).replace(/[^a-z0-9]/g, '')}.example`;
  // One in four has its mailbox at a provider.
  const email = index % 4 === 3 ? `${plain(first)}.${host.slice(0, -8)}@gmail.com` : `office@${host}`;
  const address = { street: row.Address, city: row.City, zipCode: row.PostalCode, country: row.Country };
  const original: CustomerInput = {
    customer: name,
    email,
    mainPhone: row.Phone,
    website: index % 2 === 0 ? `https://www.${host}/` : null,
    billingAddress: address,
    contacts: [{ firstName: first, lastName: last, email: index % 3 === 0 ? `${plain(first)}@${host}` : null }],
  };
  return { original, index, name, first, last, host, phone: row.Phone, city: row.City, address };
}

function twinsOf({ original, index, name, first, last, host, phone, city, address }: Facts): Candidate[] {
  const provider = `${plain(last).replace(/[^a-z]/g, '')}${index}@hotmail.com`;
  return [
    // A letter left out, another mailbox at the same company.
    { customer: without(name), email: `sales@${host}`, billingAddress: { city } },
    // The legal form left out, or put behind it; the phone written for callers from abroad.
    {
      customer: otherLegalForm(name, address.country),
      mainPhone: abroad(phone, address.country),
      billingAddress: { country: address.country },
    },
    // Accents lost, from a form without an address.
    { customer: plain(name).toUpperCase(), mainPhone: phone, email: provider },
    // Umlauts spelled out, other signs between the words and the digits.
    { customer: spelled(name).replace(/[-/]/g, ' '), mainPhone: phone.replace(/\D+/g, ' '), billingAddress: address },
    // Another mailbox at the same company, and no more.
    { customer: name, email: `${plain(first)}.${plain(last).replaceAll(' ', '')}@${host}` },
    // Two letters swapped, first and last name swapped, the same address.
    {
      customer: swapped(name),
      contacts: [{ firstName: last, lastName: first }],
      billingAddress: address,
      email: provider,
    },
    // Shortened, with the phone and the website.
    { customer: name.split(' ').slice(0, 2).join(' '), mainPhone: phone, website: host },
    // From a list of visitors.
    { customer: name.toLowerCase(), billingAddress: { city, country: address.country } },
    // A letter doubled, no code before the phone, the address in capitals.
    {
      customer: doubled(name),
      mainPhone: phone.replace(/^\(.*?\)\s*/, ''),
      billingAddress: { city: city.toUpperCase(), zipCode: address.zipCode },
    },
    // The same mailbox written otherwise, a letter left out, another phone.
    { customer: without(name), email: original.email?.toUpperCase(), mainPhone: otherPhone(index) },
  ].map((twin) => Object.fromEntries(Object.entries(twin).filter(([, value]) => value !== undefined)));
}

function lookalikesOf({ index, name, first, last, host, phone, address }: Facts): Candidate[] {
  const [word = ''] = name.split(' ');
  const other = STRANGERS[index % STRANGERS.length] ?? '';
  const otherHost = `${plain(other).replace(/[^a-z]/g, '')}${index}.example`;
  const elsewhere = { city: 'Wellington', country: 'New Zealand' };
  const stranger = { email: `office@${otherHost}`, mainPhone: otherPhone(index) };
  return [
    // A namesake in another country.
    { customer: name, ...stranger, billingAddress: elsewhere },
    // A sister company with the same website.
    { customer: `${word} Logistics Holding`, email: `logistics@${host}`, mainPhone: otherPhone(index) },
    // Another company at the same phone.
    { customer: other, email: `office@${otherHost}`, mainPhone: phone, billingAddress: address },
    // The same first word, the same city.
    { customer: `${word} ${other}`, ...stranger, billingAddress: { city: address.city, country: address.country } },
    // The contact, who has changed the company.
    { customer: other, ...stranger, contacts: [{ firstName: first, lastName: last }] },
    // The same name with another legal form in another city.
    { customer: `${name} Cooperative`, ...stranger, billingAddress: { city: 'Springfield', country: address.country } },
    // A branch with a number.
    { customer: `${name} 2`, ...stranger, billingAddress: { city: address.city } },
    // A person who works there.
    { customer: `${first} ${last}`, email: `${plain(first)}@${host}`, mainPhone: phone },
    // The neighbour.
    { customer: other, ...stranger, billingAddress: address },
    // Two companies of one owner, with one website and one phone.
    { customer: other, email: `second@${host}`, website: host, mainPhone: phone, billingAddress: address },
  ];
}

const STRANGERS = [
  'Zephyr Instruments',
  'Kilimanjaro Optics',
  'Quarzwerk Nord',
  'Ubuntu Bicycles',
  'Jade Turbines',
  'Xylon Pharma',
  'Yukon Textiles',
];

const LEGAL: Readonly<Record<string, string>> = {
  Germany: 'GmbH',
  Austria: 'GmbH',
  Switzerland: 'AG',
  France: 'SARL',
  Belgium: 'SPRL',
  Spain: 'S.L.',
  Italy: 'S.r.l.',
  Portugal: 'Lda.',
  Brazil: 'Ltda.',
  Mexico: 'S.A. de C.V.',
  Argentina: 'S.R.L.',
  Venezuela: 'C.A.',
  UK: 'Ltd',
  Ireland: 'Limited',
  USA: 'Inc.',
  Canada: 'Inc.',
  Sweden: 'AB',
  Norway: 'AS',
  Denmark: 'A/S',
  Finland: 'Oy',
  Poland: 'Sp. z o.o.',
};
const CALLING: Readonly<Record<string, string>> = {
  Germany: '49',
  Austria: '43',
  Switzerland: '41',
  France: '33',
  Belgium: '32',
  Spain: '34',
  Italy: '39',
  Portugal: '351',
  Brazil: '55',
  Mexico: '52',
  Argentina: '54',
  Venezuela: '58',
  UK: '44',
  Ireland: '353',
  USA: '1',
  Canada: '1',
  Sweden: '46',
  Norway: '47',
  Denmark: '45',
  Finland: '358',
  Poland: '48',
};

function otherLegalForm(name: string, country: string): string {
  const bare = name.replace(/,? (?:S\.A\.|HB|S\.p\.A\.|Ltda\.)$/, '');
  return bare === name ? `${name} ${LEGAL[country]}` : bare;
}

// Italy alone keeps the zero.
function abroad(phone: string, country: string): string {
  const digits = phone.replace(/\D/g, '');
  return `+${CALLING[country]} ${country === 'Italy' ? digits : digits.replace(/^0/, '')}`;
}

function otherPhone(index: number): string {
  return `+64 4 39${10_000 + index * 7}`;
}

function plain(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll('æ', 'ae')
    .replaceAll('ø', 'o')
    .toLowerCase();
}

function spelled(text: string): string {
  return plain(text.replaceAll('ä', 'ae').replaceAll('ö', 'oe').replaceAll('ü', 'ue'));
}

// Where people mistype: in the longest word, behind its first letters.
function inLongest(name: string, change: (word: string, at: number) => string): string {
  const longest = name.split(' ').reduce((long, word) => (word.length > long.length ? word : long));
  return name.replace(longest, change(longest, Math.ceil(longest.length / 2)));
}

function without(name: string): string {
  return inLongest(name, (word, at) => word.slice(0, at) + word.slice(at + 1));
}

function doubled(name: string): string {
  return inLongest(name, (word, at) => word.slice(0, at) + word.slice(at - 1));
}

function swapped(name: string): string {
  return inLongest(
    name,
    (word, at) => word.slice(0, at - 1) + word.charAt(at) + word.charAt(at - 1) + word.slice(at + 1),
  );
}
