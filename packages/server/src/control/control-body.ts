import { parseTime, timeRule } from '../validation/iso-time.js';
import { ControlRefusal } from './control-refusal.js';

/** The members of a JSON object, as they came. */
export type Members = Readonly<Record<string, unknown>>;

/** A value as an object that has no members but these. @throws ControlRefusal */
export function requireMembers(value: unknown, known: readonly string[], place = 'The body'): Members {
  if (!isObject(value)) throw new ControlRefusal(`${place} must be a JSON object.`);
  const unknown = Object.keys(value).filter((name) => !known.includes(name));
  if (unknown.length === 0) return value;
  throw new ControlRefusal(`${place} has ${unknown.join(', ')}; known are ${known.join(', ')}.`);
}

/** A member that is a text which is not empty. @throws ControlRefusal */
export function requireText(members: Members, name: string): string {
  const value = members[name];
  if (typeof value === 'string' && value.trim() !== '' && value.length <= 2_048) return value;
  throw new ControlRefusal(`${name} must be a text of 1 to 2048 characters.`);
}

/** A member that is a whole number in a range. @throws ControlRefusal */
export function requireNumber(members: Members, name: string, range: { readonly min: number; readonly max: number }) {
  const value = members[name];
  if (Number.isInteger(value) && Number(value) >= range.min && Number(value) <= range.max) return Number(value);
  throw new ControlRefusal(`${name} must be a whole number from ${range.min} to ${range.max}.`);
}

/** A member that is an ISO 8601 time with its zone, in milliseconds since 1970. @throws ControlRefusal */
export function requireTime(members: Members, name: string): number {
  const text = requireText(members, name);
  const time = parseTime(text);
  if (time === undefined) throw new ControlRefusal(`${name} ${timeRule(text)}`);
  return time;
}

function isObject(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
