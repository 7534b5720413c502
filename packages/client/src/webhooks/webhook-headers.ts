import { WebhookVerificationError } from './webhook-verification-error.js';

/** Headers as `fetch`, Node's `http` or a framework on either gives them; names in any case. */
export type WebhookHeaders =
  | { get(name: string): string | null | undefined }
  | { readonly [name: string]: string | readonly string[] | undefined };

/** What a delivery carries to be verified by: the headers of Standard Webhooks, or COUNT's own alone, contract §5. */
export type SignatureParts =
  | { readonly kind: 'standard'; readonly id: string; readonly timestamp: string; readonly signatures: string }
  | { readonly kind: 'body'; readonly signature: string };

/** Reads what a delivery is verified by. @throws {WebhookVerificationError} `missing_header` */
export function readSignatureParts(headers: WebhookHeaders): SignatureParts {
  const read = headerReader(headers);
  const id = read('webhook-id');
  const timestamp = read('webhook-timestamp');
  const signatures = read('webhook-signature');
  if (id !== undefined && timestamp !== undefined && signatures !== undefined) {
    return { kind: 'standard', id, timestamp, signatures };
  }
  const signature = read('x-webhook-signature');
  if (signatures === undefined && signature === undefined) {
    throw missing('webhook-signature', ' Has the subscription a signing secret?');
  }
  const isBare = id === undefined && timestamp === undefined && signatures === undefined;
  if (isBare && signature !== undefined) return { kind: 'body', signature };
  throw missing(id === undefined ? 'webhook-id' : timestamp === undefined ? 'webhook-timestamp' : 'webhook-signature');
}

function missing(name: string, hint = ''): WebhookVerificationError {
  return new WebhookVerificationError('missing_header', `The header ${name} is missing.${hint}`);
}

function headerReader(headers: WebhookHeaders): (name: string) => string | undefined {
  if (typeof headers.get === 'function') {
    const { get } = headers;
    return (name) => get.call(headers, name) ?? undefined;
  }
  const values = new Map(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
  return (name) => textOf(values.get(name));
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return Array.isArray(value) && value.length > 0 ? value.join(' ') : undefined;
}
