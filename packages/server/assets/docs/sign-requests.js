// @ts-check
/**
 * Signs what the page sends: every same-origin request under /partners/ gets x-client-id, x-timestamp, x-signature and
 * Authorization from the fields in the bar. The values never leave this tab but as those headers. Contract §1.1.
 */

/** @typedef {{ clientId: string, clientSecret: string, accessToken: string }} Credentials */

const STORAGE_KEY = 'countersign-docs-credentials';
const SIGNED_PREFIX = '/partners';
const METHODS_WITH_SIGNED_BODY = new Set(['POST', 'PUT', 'PATCH']);
const CANNOT_SIGN =
  'This page cannot sign here: browsers offer signing on https and on localhost only. Open it at such an address.';

const canSign = globalThis.isSecureContext && globalThis.crypto?.subtle !== undefined;
const encoder = new TextEncoder();
const form = /** @type {HTMLFormElement} */ (document.querySelector('#signing'));
const status = /** @type {HTMLElement} */ (document.querySelector('.status'));
const toggle = /** @type {HTMLButtonElement} */ (document.querySelector('.toggle'));

/** @param {string} name */
const field = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name));

/** @returns {Credentials} */
const readCredentials = () => ({
  clientId: field('clientId').value.trim(),
  clientSecret: field('clientSecret').value.trim(),
  accessToken: field('accessToken').value.trim(),
});

/** @param {ArrayBuffer} bytes */
const toHex = (bytes) => Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, '0')).join('');

/**
 * Lowercase hex HMAC-SHA256.
 *
 * @param {string} secret
 * @param {string} text
 */
async function hmac(secret, text) {
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign']);
  return toHex(await crypto.subtle.sign('HMAC', key, encoder.encode(text)));
}

/**
 * The text to sign and its time, in milliseconds: a second click is another request, and not the same one again.
 *
 * @param {Request} request
 */
async function describeForSigning(request) {
  const path = new URL(request.url).pathname.slice(SIGNED_PREFIX.length);
  const bodyHash = METHODS_WITH_SIGNED_BODY.has(request.method)
    ? toHex(await crypto.subtle.digest('SHA-256', await request.clone().arrayBuffer()))
    : '';
  const timestamp = String(Date.now());
  return { text: `${request.method}:${path}:${timestamp}:${bodyHash}`, timestamp };
}

/**
 * A copy of the request with the signing headers; those whose credential is missing are left out, so that the server
 * says which.
 *
 * @param {Request} request
 */
async function signRequest(request) {
  const { clientId, clientSecret, accessToken } = readCredentials();
  const headers = new Headers(request.headers);
  for (const name of ['x-client-id', 'x-timestamp', 'x-signature', 'authorization']) headers.delete(name);
  if (accessToken !== '') headers.set('authorization', `Bearer ${accessToken}`);
  if (clientId !== '') headers.set('x-client-id', clientId);
  if (clientId !== '' && clientSecret !== '') {
    const { text, timestamp } = await describeForSigning(request);
    headers.set('x-timestamp', timestamp);
    headers.set('x-signature', await hmac(clientSecret, text));
  }
  return new Request(request, { headers });
}

/** @param {URL} url */
const isSigned = (url) => url.origin === location.origin && url.pathname.startsWith(`${SIGNED_PREFIX}/`);

const plainFetch = globalThis.fetch.bind(globalThis);

globalThis.fetch = async (input, init) => {
  const request = new Request(input, init);
  if (!isSigned(new URL(request.url))) return plainFetch(request);
  if (!canSign) throw new TypeError(CANNOT_SIGN);
  return plainFetch(await signRequest(request));
};

function showState() {
  const { clientId, clientSecret, accessToken } = readCredentials();
  const isComplete = clientId !== '' && clientSecret !== '' && accessToken !== '';
  const state = canSign ? (isComplete ? 'ready' : 'incomplete') : 'impossible';
  document.documentElement.dataset.signing = state;
  status.textContent = {
    ready: 'Requests are signed',
    incomplete: 'Fill in to send requests',
    impossible: CANNOT_SIGN,
  }[state];
}

/** @param {boolean} isOpen */
function setOpen(isOpen) {
  toggle.setAttribute('aria-expanded', String(isOpen));
  form.classList.toggle('open', isOpen);
}

/** Fills the fields with what this tab kept; a broken or blocked store counts as empty. */
function restoreCredentials() {
  try {
    const kept = JSON.parse(sessionStorage.getItem(STORAGE_KEY) ?? '{}');
    for (const name of Object.keys(readCredentials())) field(name).value = String(kept[name] ?? '');
  } catch {
    form.reset();
  }
}

function keepCredentials() {
  try {
    sessionStorage.setItem(STORAGE_KEY, JSON.stringify(readCredentials()));
  } catch {
    // Without storage the fields still hold the values until the page is left.
  }
}

form.addEventListener('input', () => {
  keepCredentials();
  showState();
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  setOpen(false);
});
document.querySelector('.forget')?.addEventListener('click', () => {
  form.reset();
  keepCredentials();
  showState();
});
toggle.addEventListener('click', () => setOpen(toggle.getAttribute('aria-expanded') !== 'true'));
document.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') setOpen(false);
});

restoreCredentials();
showState();
