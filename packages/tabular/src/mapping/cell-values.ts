const TRUE = new Set([
  'true',
  '1',
  'yes',
  'y',
  'x',
  'on',
  'ja',
  'j',
  'wahr',
  'oui',
  'o',
  'vrai',
  'sí',
  'si',
  's',
  'verdadero',
  '✓',
]);
const FALSE = new Set(['false', '0', 'no', 'n', 'off', 'nein', 'falsch', 'non', 'faux', 'falso', '-']);
const ACTIVE = new Set(['active', 'aktiv', 'actif', 'activo', 'activa', 'enabled', 'open', 'live', 'current']);
const INACTIVE = new Set([
  'inactive',
  'inaktiv',
  'inactif',
  'inactivo',
  'inactiva',
  'disabled',
  'archived',
  'closed',
  'former',
  'gesperrt',
  'archiviert',
]);

/** A truth value in English, German, French or Spanish; undefined when it is none. */
export function findBoolean(text: string): boolean | undefined {
  const word = text.trim().toLowerCase();
  return TRUE.has(word) ? true : FALSE.has(word) ? false : undefined;
}

/** The status of a customer, also told as a truth value; undefined when it is none. */
export function findStatus(text: string): 'active' | 'inactive' | undefined {
  const word = text.trim().toLowerCase();
  if (ACTIVE.has(word)) return 'active';
  if (INACTIVE.has(word)) return 'inactive';
  const isActive = findBoolean(word);
  return isActive === undefined ? undefined : isActive ? 'active' : 'inactive';
}

/** Numbers as JSON, or with semicolons between them, where a comma is the decimal one; undefined when they are none. */
export function findNumbers(text: string): number[] | undefined {
  const parts = text.trim().startsWith('[')
    ? parseList(text)
    : text.split(/[;|]/).map((part) => part.trim().replace(/\s*%$/, ''));
  const numbers = parts?.map((part) => (typeof part === 'string' ? parseNumber(part) : part));
  return numbers?.every((number) => typeof number === 'number' && Number.isFinite(number))
    ? numbers.map(Number)
    : undefined;
}

/** JSON that stands in a cell; undefined when it is none. */
export function findJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parseList(text: string): unknown[] | undefined {
  const list = findJson(text);
  return Array.isArray(list) ? list : undefined;
}

function parseNumber(text: string): number {
  return /^-?\d+(?:[.,]\d+)?$/.test(text) || /^-?\d+(?:\.\d+)?[eE][+-]?\d+$/.test(text)
    ? Number(text.replace(',', '.'))
    : Number.NaN;
}
