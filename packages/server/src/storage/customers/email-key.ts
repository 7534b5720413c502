import { toASCII } from 'tr46';
import { foldCase } from './fold-case.js';

const PLAIN = /^[ -~]*$/;
/** Nothing longer is an address: such a text is compared as it is, since its domain would take long to convert. */
const LONGEST_ADDRESS = 512;
/** Stands behind the key in a {@link lostEmailKey}; no address that is asked for has it. */
export const LOST_MARK = '\u001f';

/**
 * The form of an email address under which it is unique, contract §3.1: one mailbox has one key. The part before the @ is
 * folded in full and composed; the domain is in its ASCII form (UTS 46, non-transitional), or folded likewise where it has
 * none. Any text has a key. The tables of the library make it the same on every version of Node.
 */
export function emailKey(email: string): string {
  if (PLAIN.test(email)) return email.toLowerCase();
  const at = email.lastIndexOf('@');
  if (at === -1 || email.length > LONGEST_ADDRESS) return folded(email);
  return `${folded(email.slice(0, at))}@${domainKey(email.slice(at + 1))}`;
}

/** The key of a record whose own is held by an older one; nobody can ask for it. */
export function lostEmailKey(key: string, uuid: string): string {
  return `${key}${LOST_MARK}${uuid}`;
}

/** How many characters a {@link lostEmailKey} has behind the key. */
export const LOST_KEY_END = LOST_MARK.length + 36;

// Canonical caseless matching, Unicode §3.13, D145.
function folded(text: string): string {
  return foldCase(text.normalize('NFD')).normalize('NFC');
}

function domainKey(domain: string): string {
  if (PLAIN.test(domain)) return domain.toLowerCase();
  return toASCII(domain, { ignoreInvalidPunycode: true, transitionalProcessing: false }) ?? folded(domain);
}
