import { distance } from 'fastest-levenshtein';
import { foldText } from '../../../storage/customers/search-text.js';
import {
  CONNECTORS,
  LEADING_LEGAL_FORMS,
  LEGAL_FORMS,
  PLAIN_LETTERS,
  SPELLED_LETTERS,
  type WEIGHTS,
} from './duplicate-rules.js';

/** A name in one spelling, as it is compared. */
export interface NameForm {
  /** Its words without legal form and connecting words, in their order. */
  readonly words: readonly string[];
  readonly inOrder: string;
  /** Its words in alphabetical order, so that it does not matter which one of a person's names comes first. */
  readonly sorted: string;
}

/** A name as it is compared. */
export interface ComparedName {
  /** With the marks on letters left out; a second one where others spell them out. */
  readonly forms: readonly [NameForm, ...NameForm[]];
  /** The number of its legal form among {@link LEGAL_FORMS}. */
  readonly legalForm: number | undefined;
}

/** How alike two names are. */
export type NameLikeness = keyof typeof WEIGHTS.name;

const MOST_FORM_WORDS = 5;
/** Scripts without spaces have their legal forms right beside the name. */
const UNSPACED_FORMS = new RegExp(
  LEGAL_FORMS.flat()
    .filter((form) => /^[\p{Script=Han}\p{Script=Hangul}]+$/u.test(form))
    .toSorted((a, b) => b.length - a.length)
    .join('|'),
  'g',
);
const formNumbers = new Map(
  LEGAL_FORMS.flatMap((spellings, number) => spellings.map((text) => [text, number] as const)),
);

/** The name of a company or a person as it is compared; undefined where it has no letters and digits. */
export function comparedName(name: string): ComparedName | undefined {
  const plain = nameForm(name, PLAIN_LETTERS);
  if (plain === undefined) return undefined;
  const composed = name.normalize('NFC').toLowerCase();
  const isSpelled = Object.keys(SPELLED_LETTERS).some((letter) => composed.includes(letter));
  const spelled = isSpelled ? nameForm(name, { ...PLAIN_LETTERS, ...SPELLED_LETTERS }) : undefined;
  const { legalForm } = plain;
  return { forms: spelled === undefined ? [plain.form] : [plain.form, spelled.form], legalForm };
}

function nameForm(name: string, letters: Readonly<Record<string, string>>) {
  const replaced = name
    .normalize('NFC')
    .toLowerCase()
    .replace(/[^\p{ASCII}]/gu, (letter) => letters[letter] ?? letter);
  const folded = foldText(replaced)
    .normalize('NFC')
    .replace(UNSPACED_FORMS, ' $& ')
    .replace(/['’`´]/g, '')
    // S.p.A. and A/S are one word, N & S are none.
    .replace(/(?<![\p{L}\p{N}])\p{L}(?:[./]\p{L})+(?![\p{L}\p{N}])/gu, (initials) => initials.replace(/[./]/g, ''));
  const all = folded.match(/[\p{L}\p{M}\p{N}]+/gu);
  if (all === null) return undefined;
  const { rest, legalForm } = withoutLegalForm(all);
  const told = rest.filter((word) => !CONNECTORS.has(word));
  const words = told.length === 0 ? rest : told;
  return { form: { words, inOrder: words.join(''), sorted: words.toSorted().join('') }, legalForm };
}

function withoutLegalForm(words: readonly string[]): { rest: readonly string[]; legalForm: number | undefined } {
  for (let count = Math.min(MOST_FORM_WORDS, words.length - 1); count > 0; count--) {
    const end = words.slice(-count).filter((word) => word !== 'und' && word !== 'and');
    const legalForm = formNumbers.get(end.join(' '));
    if (legalForm !== undefined) return { rest: words.slice(0, -count), legalForm };
  }
  const [first = '', ...others] = words;
  if (others.length === 0 || !LEADING_LEGAL_FORMS.has(first)) return { rest: words, legalForm: undefined };
  return { rest: others, legalForm: formNumbers.get(first) };
}

/** How alike two names are, by the best of their spellings. */
export function likenessOf(one: ComparedName | undefined, other: ComparedName | undefined): NameLikeness {
  if (one === undefined || other === undefined) return 'unknown';
  let best: NameLikeness = 'other';
  for (const a of one.forms) {
    for (const b of other.forms) {
      const likeness = likenessOfForms(a, b);
      if (ORDER.indexOf(likeness) < ORDER.indexOf(best)) best = likeness;
    }
  }
  // A GmbH and an AG of one name are two, as often as not.
  const areTwoForms = one.legalForm !== undefined && other.legalForm !== undefined && one.legalForm !== other.legalForm;
  return areTwoForms && best !== 'other' ? 'partial' : best;
}

const ORDER: readonly NameLikeness[] = ['same', 'typo', 'partial', 'other'];

function likenessOfForms(a: NameForm, b: NameForm): NameLikeness {
  if (a.sorted === b.sorted || a.inOrder === b.inOrder) return 'same';
  if (isTypo(a.inOrder, b.inOrder)) return a.words.length === b.words.length ? likenessOfWords(a, b) : 'typo';
  return likenessOfWords(a, b);
}

// Every word of the shorter name must have its own in the longer one.
function likenessOfWords(a: NameForm, b: NameForm): NameLikeness {
  const [short, long] = a.words.length <= b.words.length ? [a.words, [...b.words]] : [b.words, [...a.words]];
  let shared = 0;
  for (const word of short) {
    const place = findWord(word, long);
    if (place === -1) return 'other';
    shared += word.length;
    long.splice(place, 1);
  }
  if (long.length === 0) return 'typo';
  return shared >= long.join('').length ? 'partial' : 'other';
}

function findWord(word: string, words: readonly string[]): number {
  const same = words.indexOf(word);
  return same === -1 ? words.findIndex((other) => isTypo(word, other)) : same;
}

/** Longest word whose last letter makes it another: Mario is not Maria. */
const SHORT_WORD = 6;

/** Whether two words are one that was typed wrongly: a letter, two in a long one, or two neighbours that changed places. */
function isTypo(one: string, other: string): boolean {
  const length = Math.min(one.length, other.length);
  if (length < 4 || Math.abs(one.length - other.length) > 2 || digitsOf(one) !== digitsOf(other)) return false;
  if (length <= SHORT_WORD && one.slice(0, length - 1) === other.slice(0, length - 1)) return false;
  const edits = distance(one, other);
  if (edits <= 1) return true;
  return edits === 2 && (length >= 9 || isSwap(one, other));
}

function isSwap(one: string, other: string): boolean {
  if (one.length !== other.length) return false;
  const at = [...one].findIndex((_, index) => one[index] !== other[index]);
  return one[at] === other[at + 1] && one[at + 1] === other[at] && one.slice(at + 2) === other.slice(at + 2);
}

function digitsOf(text: string): string {
  return text.replace(/\D/g, '');
}
