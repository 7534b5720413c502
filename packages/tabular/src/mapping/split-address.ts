import type { AddressInput } from '@countersign/contract';
import { isCountry } from './country-names.js';

const ZIP = String.raw`(?:[A-Z]{1,2}-)?\d{4,6}|\d{3} \d{2}|\d{4} [A-Z]{2}`;
const ZIP_AND_CITY = new RegExp(String.raw`^(?<zipCode>${ZIP})\s+(?<city>\p{L}[\p{L}\p{M}\s.'’()/-]*)$`, 'u');
const CITY_STATE_ZIP =
  /^(?<city>\p{L}[\p{L}\p{M}\s.'’-]*?),?\s+(?<state>[A-Z]{2,3})\s+(?<zipCode>\d{5}(?:-\d{4})?|\d{4}|[A-Z]\d[A-Z] \d[A-Z]\d)$/u;
const CITY_AND_UK_ZIP = /^(?<city>\p{L}[\p{L}\s.'’-]*?)\s+(?<zipCode>[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})$/u;

/** Splits `12345 Berlin` where that is sure; undefined where it is not. */
export function splitZipAndCity(text: string): AddressInput | undefined {
  const found = ZIP_AND_CITY.exec(text.trim()) ?? CITY_STATE_ZIP.exec(text.trim()) ?? CITY_AND_UK_ZIP.exec(text.trim());
  return found?.groups === undefined ? undefined : { ...found.groups };
}

/** Splits an address in one cell where that is sure: street, postal code with city, country. Else all of it is the street. */
export function splitAddress(text: string): AddressInput {
  const parts = text
    .split(/\r\n|[\r\n]|,(?=\s)/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
  const last = parts.at(-1) ?? '';
  const country = parts.length > 1 && isCountry(last) && !/^[A-Z]{2}$/.test(last) ? { country: last } : {};
  const rest = 'country' in country ? parts.slice(0, -1) : parts;
  // In America the city is a part of its own: 1 Main St, Springfield, IL 62701.
  for (const count of [1, 2]) {
    const place = rest.length > count ? splitZipAndCity(rest.slice(-count).join(', ')) : undefined;
    if (place !== undefined) return { street: rest.slice(0, -count).join(', '), ...place, ...country };
  }
  return { street: text };
}
