import { distance } from 'fastest-levenshtein';
import { ADDRESS_FILLERS, ADDRESS_WORDS, CONTACT_WORDS, HEADER_NAMES } from './header-names.js';

/** What a header means: a path, `mobile`, `name`, or a path that ends in `street2`, which others decide on. */
export interface NamedField {
  readonly path: string;
  /** `similar` when letters differ from the names that are known. */
  readonly how: 'name' | 'similar';
}

const PATHS = new Map(
  Object.entries(HEADER_NAMES).flatMap(([path, names]) => names.map((name) => [name, path] as const)),
);

/** A header as it is compared: lower case, without accents and signs, and with its words apart. */
export function nameKey(header: string): string {
  return header
    .replace(/([\p{Ll}\d])(\p{Lu})/gu, '$1 $2')
    .replace(/(\p{Lu})(\p{Lu}\p{Ll})/gu, '$1 $2')
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/(\p{L})(\d)/gu, '$1 $2')
    .replace(/(\d)(\p{L})/gu, '$1 $2')
    .replace(/[^\p{L}\d]+/gu, ' ')
    .trim();
}

/** What a header means in one of the four languages, also where it is misspelt a little. */
export function findNamedField(header: string): NamedField | undefined {
  const exact = findExactPath(header);
  if (exact === 'none') return undefined;
  if (exact !== undefined) return { path: exact, how: 'name' };
  const key = nameKey(header);
  if (key.length > LONGEST_NAME) return undefined;
  const similar = [...PATHS.keys()].find((name) => isSimilar(key, name));
  return similar === undefined || PATHS.get(similar) === 'none'
    ? undefined
    : { path: inPlace(PATHS.get(similar) ?? '', {}), how: 'similar' };
}

/** What a header means where its name is known to the letter. */
export function findExactPath(header: string): string | undefined {
  return header.length > LONGEST_NAME ? undefined : exactPath(nameKey(header));
}

const LONGEST_NAME = 60;

interface Place {
  readonly address?: string;
  readonly contact?: number;
}

function exactPath(key: string): string | undefined {
  const known = PATHS.get(key);
  if (known !== undefined) return inPlace(known, {});
  // In German, words are one: Rechnungsort, Lieferstraße.
  const words = key.replace(/^(rechnungs|liefer|versand)(?=\p{L})/u, '$1 ');
  for (const [address, pattern] of Object.entries(ADDRESS_WORDS)) {
    if (pattern.test(words)) return addressPath(words.replace(pattern, ' '), address);
  }
  if (CONTACT_WORDS.test(words)) return contactPath(words);
  return /^address /.test(words) ? addressPath(words, 'billingAddress') : undefined;
}

function addressPath(words: string, address: string): string | undefined {
  const short = tidy(words.replace(ADDRESS_FILLERS, ' '));
  const path = short === '' ? 'address.street' : (PATHS.get(tidy(words)) ?? PATHS.get(short));
  return path?.startsWith('address.') ? inPlace(path, { address }) : undefined;
}

function contactPath(words: string): string | undefined {
  const contact = Math.max(0, Number(/\d+/.exec(words)?.[0] ?? 1) - 1);
  const name = tidy(
    words
      .replace(CONTACT_WORDS, ' ')
      .replace(/\d+/, ' ')
      .replace(/\b(?:de|del|du|des)\b/g, ' '),
  );
  const path = PATHS.get(name) ?? (name === '' ? 'contact.name' : undefined);
  const parts: Readonly<Record<string, string>> = {
    name: 'contact.name',
    email: 'contact.email',
    mainPhone: 'contact.phone',
    mobile: 'contact.phone',
  };
  const part = path?.startsWith('contact.') ? path : parts[path ?? ''];
  return part === undefined ? undefined : inPlace(part, { contact });
}

function inPlace(path: string, { address = 'billingAddress', contact = 0 }: Place): string {
  return path.replace(/^address\b/, address).replace(/^contact\./, `contacts[${contact}].`);
}

const tidy = (words: string): string => words.replace(/\s+/g, ' ').trim();

// Short names differ by one letter from too many others.
function isSimilar(key: string, name: string): boolean {
  const allowed = name.length >= 10 ? 2 : name.length >= 6 ? 1 : 0;
  if (key.replace(/\D/g, '') !== name.replace(/\D/g, '')) return false;
  return Math.abs(key.length - name.length) <= allowed && distance(key, name) <= allowed;
}
