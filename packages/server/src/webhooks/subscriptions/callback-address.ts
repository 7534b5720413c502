import { DeliveryFailure } from '../attempt/delivery-fault.js';
import { type CallbackHostOptions, type CallbackPolicy, getCallbackAddresses } from './callback-host.js';

/** Most characters of a callback address. */
const LONGEST_URL = 2_000;

/** The first port that no system keeps for its own services, such as mail. */
const FIRST_FREE_PORT = 1_024;

/** What is wrong with a callback address, as a field error without the field's name. */
export interface CallbackProblem {
  readonly code: 'invalid_url' | 'too_long' | 'host_not_found' | 'address_not_allowed';
  /** The end of a sentence that begins with the field's name. */
  readonly message: string;
}

/** What is wrong with a callback address that is to be saved, its host's addresses included; undefined for a good one, contract §5. */
export async function checkCallbackUrl(
  text: string,
  options: CallbackHostOptions,
): Promise<CallbackProblem | undefined> {
  const problem = findCallbackUrlProblem(text, options.policy);
  // In development a receiver may be saved before it is there.
  if (problem !== undefined || options.policy.allowPrivate) return problem;
  try {
    await getCallbackAddresses(new URL(text).hostname, options);
    return undefined;
  } catch (error) {
    if (error instanceof DeliveryFailure) return hostProblem(error);
    throw error;
  }
}

/** What the text of a callback address alone shows to be wrong with it; undefined when nothing does, contract §5. */
export function findCallbackUrlProblem(text: string, { allowPrivate }: CallbackPolicy): CallbackProblem | undefined {
  if (text.length > LONGEST_URL) return { code: 'too_long', message: `must be at most ${LONGEST_URL} characters.` };
  const rule = findBrokenRule(text, allowPrivate);
  return rule === undefined ? undefined : { code: 'invalid_url', message: `${rule}.` };
}

function findBrokenRule(text: string, allowPrivate: boolean): string | undefined {
  const [, scheme, authority] = /^(https?):\/\/([^/?#]*)/i.exec(text) ?? [];
  if (scheme === undefined || authority === undefined || !(allowPrivate || scheme.toLowerCase() === 'https')) {
    return allowPrivate ? 'must begin with https:// or http://' : 'must begin with https://';
  }
  // What a URL parser removes, or takes for a slash, lets a reader see another host than is connected to.
  if (/[\s\p{Cc}\\]/u.test(text)) return 'must not carry spaces, control characters or backslashes';
  if (authority.includes('@')) return 'must not carry a user name or password; receivers verify the signature';
  if (text.includes('#')) return 'must not carry a fragment';
  if (authority === '' || !URL.canParse(text)) return 'must be an absolute URL with a valid host';
  const { port } = new URL(text);
  if (allowPrivate || port === '' || Number(port) >= FIRST_FREE_PORT) return undefined;
  return `must be on port 443 or on one from ${FIRST_FREE_PORT} up`;
}

function hostProblem({ fault }: DeliveryFailure): CallbackProblem {
  if (fault === 'address_not_allowed') {
    const networks = 'private, loopback, link-local or otherwise reserved networks';
    return { code: fault, message: `must be on a host with public addresses only, none of them on ${networks}.` };
  }
  const reason = fault === 'name_not_found' ? 'has no address' : 'could not be looked up; try again later';
  return { code: 'host_not_found', message: `must be on a host that can be found: the name ${reason}.` };
}
