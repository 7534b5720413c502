import { type Members, requireMembers, requireNumber, requireText } from './control-body.js';
import { ControlRefusal } from './control-refusal.js';

/** What a fault does to a request, or to a delivery of a webhook: one of these. */
export interface FaultEffect {
  /** Answers in place of the server, or of the receiver. */
  readonly answer?: FaultAnswer;
  /** Keeps what was sent for so long before it goes on, in milliseconds. */
  readonly delayMs?: number;
  /** Cuts the connection before anything is done, or once it is done and before the answer. */
  readonly cut?: 'before' | 'after-commit';
  /** Ends the life of the request's access token. */
  readonly expireToken?: true;
  /** Answers as if the client were over its limit. */
  readonly limitReached?: true;
}

/** An answer that a test wants. */
export interface FaultAnswer {
  readonly status: number;
  readonly code?: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a fault befalls; what is left out fits everything. `*` in a path stands for any characters. */
export interface FaultMatch {
  readonly method?: string;
  readonly path?: string;
  readonly clientId?: string;
}

/** A fault as a test asks for it. */
export interface NewFault {
  readonly match: FaultMatch;
  readonly times: number;
  readonly do: FaultEffect;
}

const LONGEST_DELAY_MS = 600_000;
const EFFECTS = ['answer', 'delayMs', 'cut', 'expireToken', 'limitReached'];

/** The fault of a body, contract §10. @throws ControlRefusal */
export function parseFault(body: unknown): NewFault {
  const members = requireMembers(body, ['match', 'times', 'do']);
  const match = parseMatch(members.match ?? {});
  const effect = parseEffect(members.do);
  if (isOutgoing(match) && (effect.expireToken || effect.limitReached)) {
    throw new ControlRefusal('A delivery has no token and no limit: do takes answer, delayMs or cut.');
  }
  const times = members.times === undefined ? 1 : requireNumber(members, 'times', { min: 1, max: 1_000_000 });
  return { match, times, do: effect };
}

/** Whether a fault befalls deliveries, whose path is a callback address, and not requests. */
export function isOutgoing({ path }: FaultMatch): boolean {
  return path !== undefined && /^https?:/i.test(path);
}

function parseMatch(value: unknown): FaultMatch {
  const members = requireMembers(value, ['method', 'path', 'clientId'], 'match');
  const texts = Object.keys(members).map((name) => [name, requireText(members, name)]);
  const match: FaultMatch = Object.fromEntries(texts);
  return match.method === undefined ? match : { ...match, method: match.method.toUpperCase() };
}

function parseEffect(value: unknown): FaultEffect {
  const members = requireMembers(value, EFFECTS, 'do');
  const [name, ...others] = Object.keys(members);
  if (name === undefined || others.length > 0) throw new ControlRefusal(`do must have one of ${EFFECTS.join(', ')}.`);
  if (name === 'answer') return { answer: parseAnswer(members.answer) };
  if (name === 'delayMs') return { delayMs: requireNumber(members, name, { min: 0, max: LONGEST_DELAY_MS }) };
  if (name === 'cut') return { cut: parseCut(members.cut) };
  if (members[name] !== true) throw new ControlRefusal(`${name} must be true.`);
  return name === 'expireToken' ? { expireToken: true } : { limitReached: true };
}

function parseCut(value: unknown): 'before' | 'after-commit' {
  if (value === 'before' || value === 'after-commit') return value;
  throw new ControlRefusal('cut must be before or after-commit.');
}

function parseAnswer(value: unknown): FaultAnswer {
  const members = requireMembers(value, ['status', 'code', 'headers'], 'answer');
  const status = requireNumber(members, 'status', { min: 200, max: 599 });
  const headers = parseHeaders(members);
  return members.code === undefined ? { status, headers } : { status, headers, code: requireText(members, 'code') };
}

function parseHeaders({ headers = {} }: Members): Record<string, string> {
  const names = typeof headers === 'object' && headers !== null ? Object.keys(headers) : [];
  const members = requireMembers(headers, names, 'headers');
  const pairs = names.map((name): [string, string] => [name.toLowerCase(), requireText(members, name)]);
  if (pairs.every(([name, text]) => /^[\w!#$%&'*+.^`|~-]+$/.test(name) && /^[\x20-\x7e]+$/.test(text))) {
    return Object.fromEntries(pairs);
  }
  throw new ControlRefusal('headers must be names of HTTP headers with ASCII texts.');
}
