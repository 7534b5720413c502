import { createSecretKey, hash, type KeyObject } from 'node:crypto';
import { isBodySigned, signedPath } from '@countersign/contract';
import { withoutUndefined } from '../../without-undefined.js';
import { type Guess, joined } from './guess.js';
import { jsonSpellings } from './json-spellings.js';
import { reserialized } from './json-text.js';
import { pathSpellings } from './path-spellings.js';
import { baseStringOf, bodyHashOf, hmac, isCheaplyParsed, type ReceivedRequest } from './signature.js';

const NEWLINE = Buffer.from('\n');
const BODY_NEWLINE =
  "the body was hashed without a newline at its end (the shell's echo adds one, and so does Go's json.Encoder; printf '%s' and json.Marshal do not)";
const BASE_STRING_NEWLINE =
  "the base string had no newline at its end (the shell's echo adds one; printf '%s' does not)";

/** A secret to try, readable. */
export interface CandidateSecret {
  readonly secret: string;
  /** What is wrong with using it; undefined for a live secret of the app. */
  readonly mistake: string | undefined;
}

/**
 * What was signed wrongly, found by trying the usual mistakes, alone and together; undefined when none of them explains
 * the signature. For development only: it tells what a signature would have been good for.
 */
export function findSignatureHint(
  request: ReceivedRequest,
  signature: string,
  secrets: readonly CandidateSecret[],
): string | undefined {
  const forms = signatureForms(signature);
  const texts = baseStringGuesses(request);
  const rule = texts.slice(0, 1);
  for (const { secret, mistake } of secrets) {
    // With the secrets of other apps one mistake is enough, or many apps would make it many guesses.
    const tried = mistake === undefined ? texts : rule;
    for (const key of keyGuesses(secret, mistake)) {
      for (const text of tried) {
        const good = hmac(key.value, text.value).toString('hex');
        const form = forms.find((guess) => guess.value === good);
        if (form === undefined) continue;
        const mistakes = [key.mistake, text.mistake, form.mistake].filter((told) => told !== undefined);
        if (mistakes.length > 0) return `The signature would verify if ${mistakes.join(', and ')}.`;
      }
    }
  }
  return undefined;
}

/** Details that help a developer to see why a signature is wrong, contract §2. Never the secret or the signature. */
export function signatureDetails(
  request: ReceivedRequest,
  { bodyHash, hint }: { readonly bodyHash: string; readonly hint: string | undefined },
): Record<string, unknown> {
  return withoutUndefined({ baseString: baseStringOf(request, bodyHash), bodyHash, hint });
}

function signatureForms(signature: string): Guess<string>[] {
  const forms: Guess<string>[] = [{ value: signature, mistake: undefined }];
  if (signature !== signature.toLowerCase()) {
    forms.push({ value: signature.toLowerCase(), mistake: 'the hex digits were lower case instead of upper case' });
  }
  if (/^[A-Za-z0-9+/_-]{43}=?$/.test(signature)) {
    const hex = Buffer.from(signature, 'base64').toString('hex');
    forms.push({ value: hex, mistake: 'it was written as lower-case hex instead of base64' });
  }
  return forms;
}

function keyGuesses(secret: string, mistake: string | undefined): Guess<KeyObject>[] {
  const guesses: Guess<KeyObject>[] = [{ value: createSecretKey(Buffer.from(secret)), mistake }];
  const decoded = Buffer.from(secret, 'base64');
  const base64Mistake = 'the secret was used as text instead of being base64-decoded';
  if (decoded.length > 0) guesses.push({ value: createSecretKey(decoded), mistake: joined(mistake, base64Mistake) });
  return guesses;
}

// The base string of the rule comes first.
function baseStringGuesses(request: ReceivedRequest): Guess<string>[] {
  const { method, target, timestamp, body } = request;
  const bodyHashes = bodyHashGuesses(request);
  const texts: Guess<string>[] = [{ value: baseStringOf(request, bodyHashOf(request)), mistake: undefined }];
  for (const path of pathGuesses(target)) {
    for (const time of timestampGuesses(timestamp)) {
      for (const bodyHash of bodyHashes) {
        const mistake = joined(path.mistake, joined(time.mistake, bodyHash.mistake));
        const parts = [method, path.value, time.value, bodyHash.value];
        texts.push({ value: parts.join(':'), mistake });
        if (bodyHash.value === '') {
          texts.push({
            value: parts.slice(0, 3).join(':'),
            mistake: joined(mistake, 'the third colon was kept before the empty body hash'),
          });
        }
      }
    }
  }
  texts.push({ value: `${baseStringOf(request, bodyHashOf(request))}\n`, mistake: BASE_STRING_NEWLINE });
  const accepted = [bodyHashOf(request), ...(isCheaplyParsed(body) ? [sha256(reserialized(body) ?? '')] : [])];
  for (const { value, mistake } of pathSpellings(signedPath(target))) {
    for (const bodyHash of accepted) texts.push({ value: [method, value, timestamp, bodyHash].join(':'), mistake });
  }
  return texts;
}

function pathGuesses(target: string): Guess<string>[] {
  const path = target.split('?')[0] ?? target;
  const withoutPrefix = signedPath(target);
  const query = target.slice(path.length);
  const prefixMistake = 'the path was signed without the /partners prefix';
  const queryMistake = 'the path was signed without the query string';
  const guesses: Guess<string>[] = [
    { value: withoutPrefix, mistake: undefined },
    { value: path, mistake: prefixMistake },
  ];
  if (query !== '') {
    guesses.push({ value: withoutPrefix + query, mistake: queryMistake });
    guesses.push({ value: path + query, mistake: joined(prefixMistake, queryMistake) });
  }
  return guesses;
}

function timestampGuesses(timestamp: string): Guess<string>[] {
  const mistake = 'the very text of x-timestamp was signed: seconds and milliseconds were mixed';
  const time = Number(timestamp);
  return [
    { value: timestamp, mistake: undefined },
    ...(timestamp.length >= 12
      ? [{ value: String(Math.floor(time / 1000)), mistake }]
      : [{ value: String(time * 1000), mistake }]),
  ];
}

function bodyHashGuesses({ method, body }: ReceivedRequest): Guess<string>[] {
  const raw = sha256(body);
  const isEmpty = body.length === 0;
  const guesses: Guess<string>[] = [
    { value: raw, mistake: isEmpty ? 'the body hash of a request without a body was left empty' : undefined },
    { value: '', mistake: isEmpty ? undefined : 'the SHA-256 of the body was signed instead of nothing' },
    { value: raw.toUpperCase(), mistake: 'the body hash was lower-case hex' },
  ];
  if (!isCheaplyParsed(body)) return guesses;
  guesses.push({
    value: body.toString('utf8'),
    mistake: 'the SHA-256 of the body was signed instead of the body itself',
  });
  if (!isEmpty) guesses.push({ value: sha256(Buffer.concat([body, NEWLINE])), mistake: BODY_NEWLINE });
  if (!isBodySigned(method) || reserialized(body) === undefined) return guesses;
  const spelled = jsonSpellings(body).map(({ value, mistake }) => ({ value: sha256(value), mistake }));
  return [...guesses, ...spelled];
}

function sha256(text: string | Buffer): string {
  return hash('sha256', text, 'hex');
}
