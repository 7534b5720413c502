import { CUSTOMER_LIMITS } from '@countersign/contract';
import isEmail from 'validator/lib/isEmail.js';

/** The shape of nearly every address there is; the library decides on the others. Nothing in it backtracks. */
const PLAIN_EMAIL = /^[a-z0-9_+-]+(?:\.[a-z0-9_+-]+)*@[a-z0-9]+(?:[.-][a-z0-9]+)*\.[a-z]{2,24}$/i;
/** No part of an address this short is too long, RFC 5321 §4.5.3.1. */
const PLAIN_EMAIL_LENGTH = 63;

/** UTF-16 units of a text that are looked at; every field is shorter, and says so itself. */
const LONGEST_TEXT = 2 * CUSTOMER_LIMITS.text;

/** Whether a text has what nobody sees in an address, contract §3.1. */
export function hasUnseenCharacters(text: string): boolean {
  return UNSEEN.test(text);
}

/** What nobody sees in an address: it would make two of what a person takes for one. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Default_Ignorable_Code_Point}\p{White_Space}\p{Z}]/u;

/**
 * Whether a text is an email address: one `@`, a domain with a dot; international letters are allowed, and nothing that
 * nobody sees, contract §3.1.
 */
export function isEmailAddress(text: string): boolean {
  if (text.length <= PLAIN_EMAIL_LENGTH && PLAIN_EMAIL.test(text)) return true;
  // The library throws at half of a surrogate pair.
  return text.length <= LONGEST_TEXT && text.isWellFormed() && !hasUnseenCharacters(text) && isEmail.default(text);
}

/** Characters that a browser strips before it looks for a protocol. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
const STRIPPED = /[\u0000-\u0020]/g;
const PROTOCOL = /^([a-z][a-z0-9+.-]*):/i;
/** A host with a port and no protocol looks like a protocol, and is told by its dot. */
const HOST_AND_PORT = /^([^:/?#]*):\d{1,5}(?:[/?#]|$)/;

/** Whether a text may stand as a website: no protocol, or http or https; never one that a browser would run. */
export function isWebsite(text: string): boolean {
  const plain = text.slice(0, LONGEST_TEXT).replace(STRIPPED, '');
  const protocol = PROTOCOL.exec(plain)?.[1]?.toLowerCase();
  if (protocol === undefined || isHostAndPort(plain)) return plain !== '';
  if (protocol !== 'http' && protocol !== 'https') return false;
  return URL.canParse(plain);
}

function isHostAndPort(text: string): boolean {
  const host = HOST_AND_PORT.exec(text)?.[1];
  return host !== undefined && (host.includes('.') || host.toLowerCase() === 'localhost');
}
