import { type PlainRequest, sendBytes } from './signed-request.js';

/** A page or a redirect as it came. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** Where it sends the browser; empty where it does not. */
  readonly location: string;
}

/** Somebody who uses the pages without a browser: keeps cookies, and fills forms with the fields that pages hide. */
export interface WebPerson {
  readonly cookies: Map<string, string>;
  get(target: string): Promise<PageAnswer>;
  /** Sends a form exactly so. */
  post(target: string, fields: Readonly<Record<string, string>>): Promise<PageAnswer>;
  /** Opens a page, and sends the form on it that goes to `action` with its hidden fields and these. */
  submit(
    target: string,
    form: { readonly action: string; readonly fields: Readonly<Record<string, string>> },
  ): Promise<PageAnswer>;
  signIn(email: string, password: string): Promise<PageAnswer>;
}

/** Somebody new, without a cookie. */
export function webPerson(url: string): WebPerson {
  const cookies = new Map<string, string>();
  const send = async (request: PlainRequest): Promise<PageAnswer> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const headers = { ...request.headers, ...(cookie === '' ? {} : { cookie }) };
    const answer = await sendBytes(url, { ...request, headers });
    for (const text of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (text.split(';')[0] ?? '').split(/=(.*)/s);
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return { ...answer, location: answer.headers.get('location') ?? '' };
  };
  const get = (target: string) => send({ method: 'GET', target: targetOf(target) });
  const post: WebPerson['post'] = (target, fields) =>
    send({
      method: 'POST',
      target,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(fields).toString(),
    });
  const submit: WebPerson['submit'] = async (target, { action, fields }) => {
    const page = await get(target);
    return post(action, { ...hiddenFields(page.text, action), ...fields });
  };
  return {
    cookies,
    get,
    post,
    submit,
    signIn: (email, password) => submit('/sign-in', { action: '/sign-in', fields: { email, password } }),
  };
}

/** The hidden fields of the form on a page that goes to `action`. */
export function hiddenFields(html: string, action: string): Record<string, string> {
  const form = html
    .split('<form')
    .slice(1)
    .map((part) => part.split('</form>')[0] ?? '')
    .find((part) => part.includes(`action="${action}"`));
  const inputs = (form ?? '').matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g);
  return Object.fromEntries([...inputs].map(([, name = '', value = '']) => [name, unescapeHtml(value)]));
}

function targetOf(address: string): string {
  if (!address.startsWith('http')) return address;
  const { pathname, search } = new URL(address);
  return pathname + search;
}

function unescapeHtml(text: string): string {
  return text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
