import type { Guess } from './guess.js';
import { withoutByteOrderMark } from './json-text.js';

/** How a library writes JSON. */
interface Style {
  /** What wrote it so, and what to do instead. */
  readonly told: string;
  readonly comma?: string;
  readonly colon?: string;
  /** White space that one level is indented by; nothing for one line. */
  readonly indent?: string;
  /** Escapes in a string, after those that JSON needs. */
  readonly escaped?: (text: string) => string;
  readonly isSorted?: boolean;
  readonly end?: string;
}

/** The ways that usual libraries write a JSON body, each with what is to be done instead. The body must be JSON. */
export function jsonSpellings(body: Buffer): Guess<string>[] {
  const value: unknown = JSON.parse(withoutByteOrderMark(body).toString('utf8'));
  const spellings = new Map<string, string>();
  for (const isFloat of [false, true]) {
    for (const style of STYLES) {
      const text = written(value, { style, isFloat, line: '\n' }) + (style.end ?? '');
      const told = isFloat ? `${style.told}; its whole numbers were floats, 15.0 for 15` : style.told;
      if (!spellings.has(text)) spellings.set(text, mistakeOf(told));
    }
  }
  return [...spellings].map(([text, mistake]) => ({ value: text, mistake }));
}

function mistakeOf(told: string): string {
  return `the very bytes that were sent were hashed (the body was re-serialised as ${told})`;
}

const htmlEscaped = (text: string) => text.replace(/[<>&\u2028\u2029]/g, unicodeEscape);
const asciiOnly = (text: string) => text.replace(/[\u007f-\uffff]/g, unicodeEscape);
const slashEscaped = (text: string) => text.replaceAll('/', '\\/');

function unicodeEscape(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

const JAVASCRIPT =
  "JavaScript's JSON.stringify writes it: make the text once, sign it, and give the same text to fetch";
const GO =
  "Go's encoding/json writes it, with \\u003c, \\u003e and \\u0026: call json.Marshal once, sign and send its bytes";
const GO_MAP = `${GO}; a map sorts its keys`;
const GO_LINE = `${GO}; json.NewEncoder puts a newline behind`;
const PHP =
  "PHP's json_encode writes it: call it once, sign its text, and send the same as the body, not as a json option";
const PYTHON = "Python's json.dumps writes it: call it once, sign its bytes, and send the same by data=, not by json=";
const PYTHON_OR_PHP =
  "Python's json.dumps or PHP's json_encode writes it: call it once, sign its bytes and send the same";

const STYLES: readonly Style[] = [
  { told: JAVASCRIPT },
  ...['  ', '    ', '\t'].map((indent) => ({ told: JAVASCRIPT, colon: ': ', indent })),
  { told: GO, escaped: htmlEscaped },
  { told: GO_LINE, escaped: htmlEscaped, end: '\n' },
  { told: GO_MAP, escaped: htmlEscaped, isSorted: true },
  { told: `${GO_LINE}; a map sorts its keys`, escaped: htmlEscaped, isSorted: true, end: '\n' },
  ...['  ', '\t'].map((indent) => ({ told: GO, escaped: htmlEscaped, colon: ': ', indent })),
  { told: PHP, escaped: (text) => slashEscaped(asciiOnly(text)) },
  { told: PHP, escaped: slashEscaped },
  { told: PHP, escaped: (text) => slashEscaped(asciiOnly(text)), colon: ': ', indent: '    ' },
  { told: PYTHON, comma: ', ', colon: ': ', escaped: asciiOnly },
  { told: PYTHON, comma: ', ', colon: ': ' },
  { told: PYTHON, comma: ', ', colon: ': ', escaped: asciiOnly, isSorted: true },
  { told: PYTHON_OR_PHP, escaped: asciiOnly },
  { told: PYTHON, escaped: asciiOnly, isSorted: true },
  ...['  ', '    '].map((indent) => ({ told: PYTHON, escaped: asciiOnly, colon: ': ', indent })),
];

interface Writing {
  readonly style: Style;
  readonly isFloat: boolean;
  /** A newline and how far the place is indented. */
  readonly line: string;
}

function written(value: unknown, writing: Writing): string {
  const { style, isFloat } = writing;
  if (typeof value === 'string') return quoted(value, style);
  if (typeof value === 'number') return isFloat && Number.isInteger(value) ? `${value}.0` : JSON.stringify(value);
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = { ...writing, line: writing.line + (style.indent ?? '') };
  if (Array.isArray(value)) {
    return enclosed(
      value.map((item) => written(item, inner)),
      { open: '[', close: ']', writing, inner },
    );
  }
  const entries = Object.entries(value);
  if (style.isSorted === true) entries.sort(([one], [other]) => (one < other ? -1 : 1));
  return enclosed(
    entries.map(([name, item]) => `${quoted(name, style)}${style.colon ?? ':'}${written(item, inner)}`),
    { open: '{', close: '}', writing, inner },
  );
}

interface Enclosure {
  readonly open: string;
  readonly close: string;
  readonly writing: Writing;
  readonly inner: Writing;
}

function enclosed(items: readonly string[], { open, close, writing, inner }: Enclosure): string {
  if (items.length === 0) return open + close;
  const { indent, comma = ',' } = writing.style;
  if (indent === undefined) return open + items.join(comma) + close;
  return `${open}${inner.line}${items.join(`,${inner.line}`)}${writing.line}${close}`;
}

function quoted(text: string, { escaped }: Style): string {
  const json = JSON.stringify(text);
  return escaped === undefined ? json : escaped(json);
}
