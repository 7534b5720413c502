import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { FEWEST_PHONE_DIGITS } from './duplicate-rules.js';

/** A number as it is compared: E.164, or the digits without zeros at their start where its country is not known. */
export type PhoneKey = string;

/** The key of a phone number; undefined where it says nothing, as a number that is all one digit. */
export function phoneKeyOf(phone: string, country: CountryCode | undefined): PhoneKey | undefined {
  const parsed = parsePhoneNumberFromString(phone, country);
  const key = parsed?.isPossible() === true ? parsed.number : phone.replace(/\D/g, '').replace(/^0+/, '');
  const digits = key.replace('+', '');
  return digits.length < FEWEST_PHONE_DIGITS || /^(\d)\1*$/.test(digits.slice(-FEWEST_PHONE_DIGITS)) ? undefined : key;
}

/** What two numbers that {@link isSamePhone} takes for one have in common. */
export function phoneEnd(key: PhoneKey): string {
  return key.slice(-FEWEST_PHONE_DIGITS);
}

/** Whether two keys are of one number; without a country, the end of it is enough. */
export function isSamePhone(one: PhoneKey, other: PhoneKey): boolean {
  if (one === other) return true;
  const [short, long] = one.length < other.length ? [one, other] : [other, one];
  return !short.startsWith('+') && long.endsWith(short);
}
