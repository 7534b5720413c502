/** How the numbers of a cell are shown. */
export type NumberLook =
  | { readonly kind: 'plain' }
  | { readonly kind: 'date' }
  | { readonly kind: 'percent' }
  | { readonly kind: 'digits'; readonly mask: string };

const PLAIN: NumberLook = { kind: 'plain' };
const DATE: NumberLook = { kind: 'date' };
const PERCENT: NumberLook = { kind: 'percent' };

/** The look of a number format, by its built-in number or its own code (ECMA-376 part 1, 18.8.30). */
export function numberLook(id: number, code: string | undefined): NumberLook {
  if (code === undefined) {
    const isDate = (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || (id >= 45 && id <= 47) || (id >= 50 && id <= 58);
    if (id === 9 || id === 10) return PERCENT;
    return isDate ? DATE : PLAIN;
  }
  const [first = ''] = code.replace(/\[[^\]]*\]|_.|\*./g, '').split(';');
  const bare = first.replace(/"[^"]*"|\\./g, '');
  if (/[ymdhs]/i.test(bare) && !/general/i.test(bare)) return DATE;
  if (bare.includes('%')) return PERCENT;
  // Postal codes and phone numbers are numbers whose format keeps the zeros: 00000, (000) 000-0000.
  const mask = first.replace(/\\(.)|"([^"]*)"/g, '$1$2');
  return /0.*0/.test(mask) && /^[0 ()/+-]+$/.test(mask) ? { kind: 'digits', mask } : PLAIN;
}

/** A number as people see it: no exponent, no noise of binary fractions, dates in ISO 8601, zeros that the format adds. */
export function showNumber(raw: string, look: NumberLook, { is1904 }: { readonly is1904: boolean }): string {
  const value = Number(raw);
  if (raw.trim() === '' || !Number.isFinite(value)) return raw;
  if (look.kind === 'date' && value >= 0 && value < 2_958_466) return showDate(value, is1904);
  if (look.kind === 'percent') return `${showPlain(Number((value * 100).toPrecision(15)))}%`;
  const plain = showPlain(value);
  return look.kind === 'digits' && /^\d+$/.test(plain) ? fillMask(plain, look.mask) : plain;
}

function showPlain(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  // Excel has fifteen digits.
  const rounded = Number(value.toPrecision(15));
  const text = String(rounded);
  return text.includes('e') ? rounded.toFixed(20).replace(/\.?0+$/, '') : text;
}

function showDate(value: number, is1904: boolean): string {
  const seconds = Math.round((value % 1) * 86_400);
  const time = new Date(seconds * 1000).toISOString().slice(11, 19);
  if (value < 1 && !is1904) return time;
  // Day 60 of the 1900 system is a 29 February that never was; the days before it count from another one.
  const days = Math.floor(value) + (is1904 ? 1462 : value < 60 ? 1 : 0);
  const day = new Date((days - 25_569) * 86_400_000 + seconds * 1000);
  return seconds === 0 ? day.toISOString().slice(0, 10) : day.toISOString().slice(0, 19);
}

function fillMask(digits: string, mask: string): string {
  const places = mask.replace(/[^0]/g, '').length;
  if (digits.length > places) return digits;
  const padded = digits.padStart(places, '0');
  let at = 0;
  return mask.replace(/0/g, () => padded[at++] ?? '');
}
