import { type Answer, type Client, createClient } from '@countersign/client';
import type {
  BulkResult,
  Contact,
  Customer,
  ErrorEnvelope,
  HistoryEntry,
  Import,
  KeptField,
  Pagination,
  PartnerWarning,
  UndoStep,
  Webhook,
  WebhookDelivery,
} from '@countersign/contract';

/** A partner app with its secret. */
export interface App {
  readonly clientId: string;
  readonly clientSecret: string;
}

/** A team, which owns customers. */
export interface Team {
  readonly uuid: string;
  readonly name: string;
}

/** What the routes answer with, all of them together; a test reads what its route has. */
export interface AnswerData {
  readonly customer: Customer;
  readonly customers: readonly Customer[];
  readonly pagination: Pagination;
  readonly contact: Contact;
  readonly contacts: readonly Contact[];
  readonly outcome: string;
  readonly successCount: number;
  readonly errorCount: number;
  /** Those of an answer that is not so large that they are told in short. */
  readonly results: readonly Exclude<BulkResult, { readonly isShortened: true }>[];
  readonly _partnerWarnings?: readonly PartnerWarning[];
  readonly webhook: Webhook;
  readonly webhooks: readonly Webhook[];
  readonly delivery: WebhookDelivery;
  readonly deliveries: readonly WebhookDelivery[];
  readonly count: number;
  readonly history: readonly HistoryEntry[];
  readonly import: Import;
  readonly imports: readonly Import[];
  readonly undone: number;
  readonly hasMore: boolean;
  readonly uuid: string;
  readonly merged: readonly string[];
  readonly unmerged: Customer;
  readonly kept: readonly (UndoStep['kept'][number] & Pick<KeptField, 'field'>)[];
}

/** An answer as it came, with its parsed body. */
export interface WireAnswer extends Answer {
  /** The whole body; of a success, `data` too. */
  readonly body: ErrorEnvelope & { readonly data: AnswerData };
  readonly data: AnswerData;
}

/** What a call can carry beside its body. */
export interface CallOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | number>>;
}

/** A signed caller: one app that acts for one team. Paths are those below `/partners`. */
export interface Caller {
  readonly url: string;
  readonly app: App;
  readonly team: Team;
  readonly accessToken: string;
  readonly client: Client;
  get(path: string, options?: CallOptions): Promise<WireAnswer>;
  post(path: string, body: unknown, options?: CallOptions): Promise<WireAnswer>;
  put(path: string, body: unknown, options?: CallOptions): Promise<WireAnswer>;
  patch(path: string, body: unknown, options?: CallOptions): Promise<WireAnswer>;
  delete(path: string, options?: CallOptions): Promise<WireAnswer>;
  /** Any method; `rawBody` is sent as it is. */
  send(
    method: string,
    path: string,
    options?: CallOptions & { readonly body?: unknown; readonly rawBody?: string | Uint8Array },
  ): Promise<WireAnswer>;
}

/** Who calls, and where. */
export interface CallerParts {
  readonly url: string;
  readonly app: App;
  readonly team: Team;
  readonly accessToken: string;
  /** What it signs by, Unix time in milliseconds; the machine's clock by default. */
  readonly now?: () => number;
}

/** A caller that signs with the client package. */
export function createCaller({ url, app, team, accessToken, now }: CallerParts): Caller {
  const client = createClient({ baseUrl: url, ...app, accessToken, now, retries: 0 });
  const send: Caller['send'] = async (method, path, options = {}) =>
    wireAnswer(await client.request(method, `/partners${path}`, options));
  return {
    url,
    app,
    team,
    accessToken,
    client,
    send,
    get: (path, options) => send('GET', path, options),
    post: (path, body, options) => send('POST', path, { ...options, body }),
    put: (path, body, options) => send('PUT', path, { ...options, body }),
    patch: (path, body, options) => send('PATCH', path, { ...options, body }),
    delete: (path, options) => send('DELETE', path, options),
  };
}

/** An answer with its body typed. Tests assert what is in it; a wrong guess fails there. */
export function wireAnswer(answer: Answer): WireAnswer {
  const body = (answer.json ?? {}) as WireAnswer['body'];
  return { ...answer, body, data: body.data };
}
