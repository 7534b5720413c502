import { signingClock } from './sending/signing-clock.js';
import { wait } from './sending/wait.js';

/** A bearer token, or a function asked for one before each attempt; undefined sends none, contract §1.2. */
export type AccessToken = string | undefined | (() => string | undefined | Promise<string | undefined>);

/** How a client reaches the server and who it is. */
export interface ClientOptions {
  /**
   * Where the server is: `https://count.example.com`. A path before `/partners` is kept and not signed, for a proxy
   * that removes it; a trailing `/partners` or `/` is ignored.
   */
  readonly baseUrl: string | URL;
  /** The app's client id. */
  readonly clientId: string;
  /** The app's client secret: signs, and is never sent. */
  readonly clientSecret: string;
  /** Needed by all data routes; see {@link AccessToken}. What a function throws, the call throws. */
  readonly accessToken?: AccessToken;
  /** Used instead of the global `fetch`. */
  readonly fetch?: typeof globalThis.fetch | undefined;
  /** Further attempts after a passing failure, 0 to 10; 2 by default, 0 turns automatic idempotency keys off too. */
  readonly retries?: number | undefined;
  /** Time for one attempt until its whole answer is read, in milliseconds; 30,000 by default. */
  readonly timeoutMs?: number | undefined;
  /** The clock, Unix time in milliseconds; `Date.now` by default. Requests are signed with it, each with a time of its own. */
  readonly now?: (() => number) | undefined;
  /** Waits between attempts and rejects on abort; for tests that must not wait. */
  readonly wait?: ((delayMs: number, signal?: AbortSignal) => Promise<void>) | undefined;
}

/** Checked options with all defaults filled in. */
export interface ClientSettings {
  /** Scheme, host, and path prefix if any; no trailing slash. */
  readonly base: string;
  /** The path prefix in `base`; empty when there is none. */
  readonly basePath: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly accessToken: AccessToken;
  readonly fetch: typeof globalThis.fetch;
  readonly retries: number;
  readonly timeoutMs: number;
  readonly now: () => number;
  /** Gives each request a time to sign with, Unix time in milliseconds. */
  readonly nextTimestamp: () => number;
  readonly wait: (delayMs: number, signal?: AbortSignal) => Promise<void>;
}

const MAX_RETRIES = 10;
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/**
 * Checks the options and fills in the defaults.
 *
 * @throws {TypeError} that names the option at fault, never its value where it is a secret
 */
export function clientSettings(options: ClientOptions): ClientSettings {
  const { clientId, clientSecret, accessToken, retries = 2, timeoutMs = 30_000, now = Date.now } = options;
  if (!clientId) throw new TypeError('clientId must not be empty.');
  if (!clientSecret) throw new TypeError('clientSecret must not be empty.');
  if (!Number.isInteger(retries) || retries < 0 || retries > MAX_RETRIES) {
    throw new TypeError(`retries must be a whole number from 0 to ${MAX_RETRIES}.`);
  }
  if (!(timeoutMs > 0 && timeoutMs <= MAX_TIMEOUT_MS)) {
    throw new TypeError(`timeoutMs must be above 0 and at most ${MAX_TIMEOUT_MS}.`);
  }
  return Object.freeze({
    ...splitBaseUrl(options.baseUrl),
    clientId,
    clientSecret,
    accessToken,
    // Looked up per call, and called on its global, since browsers refuse a detached fetch.
    fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    retries,
    timeoutMs,
    now,
    nextTimestamp: signingClock(now),
    wait: options.wait ?? wait,
  });
}

function splitBaseUrl(baseUrl: string | URL): { base: string; basePath: string } {
  const text = String(baseUrl);
  if (!URL.canParse(text)) throw new TypeError('baseUrl must be an absolute http or https address.');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw new TypeError('baseUrl must be http or https.');
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw new TypeError('baseUrl must have no user, password, query or fragment.');
  }
  const basePath = withoutEnding(withoutEnding(withoutEnding(url.pathname, '/'), '/partners'), '/');
  return { base: url.origin + basePath, basePath };
}

function withoutEnding(text: string, ending: string): string {
  return text.endsWith(ending) ? text.slice(0, -ending.length) : text;
}
