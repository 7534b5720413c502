import { createSecretKey, hash, type KeyObject } from 'node:crypto';
import { signedPath } from '@countersign/contract';
import { reserialized } from './json-text.js';
import { baseStringOf, hmac, type ReceivedRequest } from './signature.js';

/** One way a part of the base string or the key may have been made, with the mistake that makes it so. */
interface Guess<T> {
  readonly value: T;
  readonly mistake: string | undefined;
}

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
  for (const key of keyGuesses(secrets)) {
    for (const text of baseStringGuesses(request)) {
      const good = hmac(key.value, text.value).toString('hex');
      const form = forms.find((guess) => guess.value === good);
      if (form === undefined) continue;
      const mistakes = [key.mistake, text.mistake, form.mistake].filter((mistake) => mistake !== undefined);
      if (mistakes.length > 0) return `The signature would verify if ${mistakes.join(', and ')}.`;
    }
  }
  return undefined;
}

/** Details that help a developer to see why a signature is wrong, contract §2. Never the secret or the signature. */
export function signatureDetails(
  request: ReceivedRequest,
  { bodyHash, hint }: { readonly bodyHash: string; readonly hint: string | undefined },
): Record<string, unknown> {
  return {
    baseString: baseStringOf(request, bodyHash),
    bodyHash,
    ...(hint === undefined ? {} : { hint }),
  };
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

function keyGuesses(secrets: readonly CandidateSecret[]): Guess<KeyObject>[] {
  return secrets.flatMap(({ secret, mistake }) => {
    const guesses: Guess<KeyObject>[] = [{ value: createSecretKey(Buffer.from(secret)), mistake }];
    const decoded = Buffer.from(secret, 'base64');
    const base64Mistake = 'the secret was used as text instead of being base64-decoded';
    if (decoded.length > 0) guesses.push({ value: createSecretKey(decoded), mistake: joined(mistake, base64Mistake) });
    return guesses;
  });
}

function baseStringGuesses(request: ReceivedRequest): Guess<string>[] {
  const texts: Guess<string>[] = [];
  for (const path of pathGuesses(request.target)) {
    for (const timestamp of timestampGuesses(request.timestamp)) {
      for (const bodyHash of bodyHashGuesses(request.body)) {
        const mistake = joined(path.mistake, joined(timestamp.mistake, bodyHash.mistake));
        const parts = [request.method, path.value, timestamp.value, bodyHash.value];
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

function bodyHashGuesses(body: Buffer): Guess<string>[] {
  const sha256 = (text: string | Buffer) => hash('sha256', text, 'hex');
  const raw = sha256(body);
  const guesses: Guess<string>[] = [
    { value: raw, mistake: body.length === 0 ? 'the body hash of a request without a body was left empty' : undefined },
    { value: '', mistake: body.length === 0 ? undefined : 'the SHA-256 of the body was signed instead of nothing' },
    { value: raw.toUpperCase(), mistake: 'the body hash was lower-case hex' },
    { value: body.toString('utf8'), mistake: 'the SHA-256 of the body was signed instead of the body itself' },
  ];
  const canonical = reserialized(body);
  if (canonical === undefined) return guesses;
  const reserializedMistake = 'the very bytes that were sent were hashed: the body was re-serialised';
  for (const text of otherSpellings(canonical)) guesses.push({ value: sha256(text), mistake: reserializedMistake });
  return guesses;
}

// The ways that other languages' libraries write JSON by default: indented, spaced (Python), ASCII only.
function otherSpellings(canonical: string): string[] {
  const value: unknown = JSON.parse(canonical);
  const spaced = JSON.stringify(value, null, 1)
    .replace(/\n\s*/g, ' ')
    .replace(/([{[]) | ([}\]])/g, '$1$2');
  const spellings = [canonical, JSON.stringify(value, null, 2), JSON.stringify(value, null, 4), spaced];
  return [...spellings, ...spellings.map(asciiOnly)];
}

function asciiOnly(text: string): string {
  return text.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function joined(first: string | undefined, second: string | undefined): string | undefined {
  if (first === undefined) return second;
  return second === undefined ? first : `${first}, and ${second}`;
}
