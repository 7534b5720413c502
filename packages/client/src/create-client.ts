import type { Answer } from './answer.js';
import type { CallOptions } from './call-options.js';
import { type ClientOptions, clientSettings } from './client-settings.js';
import { type ContactsApi, createContactsApi } from './customers/contacts-api.js';
import { createCustomersApi } from './customers/create-customers-api.js';
import type { CustomersApi } from './customers/customers-api.js';
import { createImportsApi, type ImportsApi } from './imports/imports-api.js';
import { type QueryParameters, queryText } from './query-text.js';
import { sendOnce } from './sending/send-once.js';

/** What a low-level request can carry. */
export interface RequestOptions extends CallOptions {
  /** Sent as JSON. */
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly rawBody?: string | Uint8Array | undefined;
  /** Appended to the path; its names and values are encoded here. */
  readonly query?: QueryParameters | undefined;
}

/** A signed-in caller of one server, for one app and one team. */
export interface Client {
  /** Calls on customers. */
  readonly customers: CustomersApi;
  /** Calls on the contacts of a customer. */
  readonly contacts: ContactsApi;
  /** Calls on imports, which are named batches of writes. */
  readonly imports: ImportsApi;
  /**
   * Signs one request and sends it once, giving the answer whatever its status: for routes without a typed call.
   *
   * @param path as on the wire, with `/partners` and percent-encoded: `/partners/customers?limit=5`
   * @throws {CountersignError} `network_error`, `timeout` or `crypto_unavailable`, never for a status
   */
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
}

/**
 * A client of the COUNT Partner API. It opens nothing and holds no connection; make one per app and team.
 *
 * @throws {TypeError} that names the option at fault
 */
export function createClient(options: ClientOptions): Client {
  const settings = clientSettings(options);
  return Object.freeze({
    customers: Object.freeze(createCustomersApi(settings)),
    contacts: Object.freeze(createContactsApi(settings)),
    imports: Object.freeze(createImportsApi(settings)),
    request: async (method: string, path: string, request: RequestOptions = {}) =>
      sendOnce(settings, {
        method,
        target: withQuery(path, request.query),
        body: bodyOf(request),
        headers: Object.entries(request.headers ?? {}),
        signal: request.signal,
      }),
  });
}

function bodyOf({ body, rawBody }: RequestOptions): string | Uint8Array | undefined {
  if (body !== undefined && rawBody !== undefined) throw new TypeError('Give body or rawBody, not both.');
  return body === undefined ? rawBody : JSON.stringify(body);
}

function withQuery(path: string, query: QueryParameters | undefined): string {
  const text = queryText(query ?? {});
  return text !== '' && path.includes('?') ? `${path}&${text.slice(1)}` : path + text;
}
