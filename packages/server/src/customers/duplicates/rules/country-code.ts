import { type CountryCode, getCountries, isSupportedCountry } from 'libphonenumber-js/min';
import { foldText } from '../../../storage/customers/search-text.js';
import { COUNTRY_LANGUAGES, COUNTRY_NAMES } from './duplicate-rules.js';

let codes: ReadonlyMap<string, CountryCode> | undefined;

/** The ISO 3166-1 code of a country by its code or its name in one of several languages; undefined where it is neither. */
export function countryCodeOf(country: string): CountryCode | undefined {
  codes ??= codesByName();
  return codes.get(foldText(country.trim()));
}

function codesByName(): Map<string, CountryCode> {
  const byName = new Map<string, CountryCode>();
  for (const language of COUNTRY_LANGUAGES) {
    const names = new Intl.DisplayNames(language, { type: 'region' });
    for (const code of getCountries()) byName.set(foldText(names.of(code) ?? code), code);
  }
  for (const code of getCountries()) byName.set(code.toLowerCase(), code);
  for (const [name, code] of Object.entries(COUNTRY_NAMES)) if (isSupportedCountry(code)) byName.set(name, code);
  return byName;
}
