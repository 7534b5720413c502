const LANGUAGES = ['en', 'de', 'fr', 'es'];
/** What people write and the names of the platform are not. */
const ALIASES = [
  'uk',
  'usa',
  'u.s.a.',
  'us',
  'united states of america',
  'great britain',
  'england',
  'scotland',
  'holland',
  'brd',
  'ee. uu.',
  'ee.uu.',
];

let names: Set<string> | undefined;

/** Whether a text is a country: its name in English, German, French or Spanish, or its code of two letters (ISO 3166-1). */
export function isCountry(text: string): boolean {
  names ??= countryNames();
  return names.has(text.trim().toLowerCase());
}

// The platform knows the countries in every language, so no list has to be kept.
function countryNames(): Set<string> {
  const found = new Set(ALIASES);
  const letters = Array.from({ length: 26 }, (_, index) => String.fromCharCode(65 + index));
  for (const language of LANGUAGES) {
    const display = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    for (const code of letters.flatMap((first) => letters.map((second) => `${first}${second}`))) {
      const name = display.of(code);
      // The codes that stand for no country yet (EU, UN, EZ …) and those for private use have names, too.
      if (name !== undefined && !/^(?:EU|EZ|QO|UN|ZZ|X[A-Z])$/.test(code))
        found.add(name.toLowerCase()).add(code.toLowerCase());
    }
  }
  return found;
}
