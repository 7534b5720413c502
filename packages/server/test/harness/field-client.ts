import type { Customer, CustomerInput, CustomerPatch, Pagination } from '@countersign/contract';
import { CALLBACK, type Tokens } from './authorization.js';
import type { App, WireAnswer } from './caller.js';
import { type HandMadeRequest, sendByHand, sendBytes, sha256 } from './signed-request.js';

/** What a process of a tool keeps of a login: it reads the pair once, and then has a copy of its own. */
export type FieldLogin = Pick<Tokens, 'accessToken' | 'refreshToken'>;

/** A failed call as a person sees it: official tools show the message of an answer, and nothing else. */
class ShownError extends Error {}

/** A page of customers as the tools read it. */
export interface FieldPage {
  readonly customers: readonly Customer[];
  readonly pagination: Pagination;
}

/**
 * A client that behaves as COUNT's official tools do: it begins from a page of its own origin at the misspelt address,
 * stamps in milliseconds, signs `{}` where it sends no body, and on 401 refreshes once and tries once more.
 */
export interface FieldClient {
  /** The tokens it works with now. */
  readonly login: FieldLogin;
  /** Asks from a browser for the page to send a person to; fails where the browser would hide the answer. */
  begin(state: string): Promise<string>;
  /** Exchanges the code that came back, and works with the tokens. */
  exchange(code: string): Promise<Tokens>;
  refresh(): Promise<Tokens>;
  /** Asks by email first, and creates what is not found. */
  findOrCreate(input: CustomerInput): Promise<Customer>;
  update(uuid: string, patch: CustomerPatch): Promise<Customer>;
  list(page: number, limit: number): Promise<FieldPage>;
}

/** A client of an app; without a login it has to {@link FieldClient.exchange} first. */
export function fieldClient(url: string, app: App, login?: FieldLogin): FieldClient {
  let current: FieldLogin = { accessToken: '', refreshToken: '', ...login };

  const signed = (method: string, path: string, body?: object): HandMadeRequest => ({
    method,
    target: `/partners${path}`,
    app,
    timestamp: String(Date.now()),
    ...(body === undefined ? { bodyHash: sha256('{}') } : { body: JSON.stringify(body) }),
  });
  const takeTokens = async (path: string, body: object): Promise<Tokens> => {
    const { result } = dataOf<{ result: Tokens }>(await sendByHand(url, signed('POST', path, body)));
    current = result;
    return result;
  };
  const refresh = () =>
    takeTokens('/refresh-user-access-token', { grant_type: 'refresh_token', refresh_token: current.refreshToken });
  const send = async (method: string, path: string, body?: object): Promise<WireAnswer> => {
    const once = () => sendByHand(url, { ...signed(method, path, body), accessToken: current.accessToken });
    const answer = await once();
    if (answer.status !== 401) return answer;
    await refresh();
    return once();
  };

  return {
    get login() {
      return current;
    },
    async begin(state) {
      const query = new URLSearchParams({ clientId: app.clientId, redirectUri: CALLBACK, state });
      const target = `/auth2/authorize-intiate?${query}`;
      const headers = { origin: 'http://localhost:5173', 'content-type': 'application/json' };
      const answer = await sendBytes(url, { method: 'GET', target, headers });
      if (answer.headers.get('access-control-allow-origin') !== '*') throw new ShownError('Failed to fetch');
      return dataOf<{ redirectUri: string }>(answer).redirectUri;
    },
    exchange: (code) =>
      takeTokens('/grant-access-token', {
        grant_type: 'authorization_code',
        code,
        client_id: app.clientId,
        client_secret: app.clientSecret,
      }),
    refresh,
    async findOrCreate(input) {
      const found = await send('GET', `/customers/find-by-email?email=${encodeURIComponent(input.email)}`);
      const answer = found.status === 404 ? await send('POST', '/customers', input) : found;
      return dataOf<{ customer: Customer }>(answer).customer;
    },
    update: async (uuid, patch) =>
      dataOf<{ customer: Customer }>(await send('PUT', `/customers/${uuid}`, patch)).customer,
    list: async (page, limit) =>
      dataOf<FieldPage>(
        await send('GET', `/customers?page=${page}&limit=${limit}&orderBy=customer&orderDirection=asc`),
      ),
  };
}

// Tests assert what is in the data; a wrong guess fails there.
function dataOf<T>({ status, json }: WireAnswer): T {
  const body = json as { readonly message: string; readonly data: T };
  if (status >= 400) throw new ShownError(body.message);
  return body.data;
}
