/** Signs requests as the contract says (§1.1) and writes them, ready to send, into files. */
import { createHash, createHmac } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { Agent, request as httpRequest } from 'node:http';

const BATCH_CHARACTERS = 4_000_000;
const LENGTH_DIGITS = 8;
const SEND_TIMEOUT_MS = 60_000;

/** How far ahead of the clock requests are signed, so that a set stays valid over a whole round. */
const SIGN_AHEAD_SECONDS = 90;

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/**
 * Who signs, and for which server; `urls` are all processes of it, of which `url` is one.
 *
 * @typedef {{ url: string, urls: string[], clientId: string, clientSecret: string, accessToken: string }} Caller
 */

/**
 * A request before it is signed.
 *
 * @typedef {{ method: string, target: string, body?: unknown }} PlainRequest
 */

/** The timestamp for requests that are sent within the next minutes. */
function timestampAhead() {
  return String(Math.floor(Date.now() / 1000) + SIGN_AHEAD_SECONDS);
}

/**
 * Signs a request and gives it with its headers and the body as text.
 *
 * @param {Caller} caller
 * @param {PlainRequest} plain
 * @param {string} timestamp Unix time in seconds
 */
function signRequest(caller, plain, timestamp) {
  const body = plain.body === undefined ? '' : JSON.stringify(plain.body);
  const bodyHash =
    plain.method === 'GET' || plain.method === 'DELETE' ? '' : createHash('sha256').update(body).digest('hex');
  const path = plain.target.split('?', 1)[0].slice('/partners'.length);
  const base = `${plain.method}:${path}:${timestamp}:${bodyHash}`;
  const headers = {
    host: new URL(caller.url).host,
    'x-client-id': caller.clientId,
    'x-timestamp': timestamp,
    'x-signature': createHmac('sha256', caller.clientSecret).update(base).digest('hex'),
    authorization: `Bearer ${caller.accessToken}`,
  };
  if (body !== '') {
    headers['content-type'] = 'application/json';
    headers['content-length'] = String(Buffer.byteLength(body));
  }
  return { method: plain.method, target: plain.target, headers, body };
}

/**
 * Writes `count` signed requests into a file, each as eight digits of length and the bytes to put on the wire.
 *
 * @param {string} file
 * @param {{ caller: Caller, count: number, make: (index: number) => PlainRequest }} requests
 */
export function writeRequestFile(file, { caller, count, make }) {
  const timestamp = timestampAhead();
  const descriptor = openSync(file, 'w', 0o600);
  try {
    let batch = '';
    for (let index = 0; index < count; index++) {
      batch += record(signRequest(caller, make(index), timestamp));
      if (batch.length > BATCH_CHARACTERS || index === count - 1) {
        writeWhole(descriptor, Buffer.from(batch));
        batch = '';
      }
    }
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Signs and sends one request and gives status and body.
 *
 * @param {Caller} caller
 * @param {PlainRequest} plain
 * @returns {Promise<{ status: number, text: string }>}
 */
export function sendRequest(caller, plain) {
  const signed = signRequest(caller, plain, String(Math.floor(Date.now() / 1000)));
  return new Promise((resolve, reject) => {
    const { method, headers, target } = signed;
    const sent = httpRequest(caller.url + target, { method, headers, agent, timeout: SEND_TIMEOUT_MS }, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode, text: Buffer.concat(chunks).toString('utf8') }));
    });
    sent.on('timeout', () => sent.destroy(new Error(`No answer to ${method} ${target} within a minute`)));
    sent.on('error', reject);
    sent.end(signed.body);
  });
}

/**
 * Sends one request that must succeed, and gives the `data` of its answer.
 *
 * @param {Caller} caller
 * @param {PlainRequest} plain
 */
export async function sendExpectingSuccess(caller, plain) {
  const { status, text } = await sendRequest(caller, plain);
  if (status < 200 || status > 299) {
    throw new Error(`${plain.method} ${plain.target} was answered ${status}: ${text.slice(0, 1000)}`);
  }
  return JSON.parse(text).data;
}

/** Closes the connections that {@link sendRequest} keeps open. */
export function closeConnections() {
  agent.destroy();
}

function record({ method, target, headers, body }) {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const raw = `${method} ${target} HTTP/1.1\r\n${lines.join('')}\r\n${body}`;
  return String(Buffer.byteLength(raw)).padStart(LENGTH_DIGITS, '0') + raw;
}

function writeWhole(descriptor, bytes) {
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}
