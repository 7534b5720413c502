import { isIP } from 'node:net';

/** A setting that cannot be used; its message names the setting and says what it takes. */
export class InvalidSetting extends Error {
  constructor(
    readonly setting: string,
    rule: string,
  ) {
    super(`${setting} ${rule}`);
    this.name = 'InvalidSetting';
  }
}

/** A whole number in a range. @throws InvalidSetting */
export function wholeNumber(
  name: string,
  text: string,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  const value = /^\d{1,12}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new InvalidSetting(name, `must be a whole number from ${min} to ${max}.`);
}

/** One of some words. @throws InvalidSetting */
export function choice<T extends string>(name: string, text: string, choices: readonly T[]): T {
  const found = choices.find((candidate) => candidate === text);
  if (found !== undefined) return found;
  throw new InvalidSetting(name, `must be one of: ${choices.join(', ')}.`);
}

/** Origins of pages, or `*` for any. @throws InvalidSetting */
export function origins(name: string, text: string): '*' | readonly string[] {
  if (text.trim() === '*') return '*';
  const found = listOf(text).map((item) => findOrigin(item));
  if (found.every((origin) => origin !== undefined)) return found;
  throw new InvalidSetting(
    name,
    'must be origins, comma-separated, such as https://app.example,http://localhost:3000, or * for any.',
  );
}

/** The origin that a text writes out, with http or https; undefined for another text. */
export function findOrigin(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isOrigin = url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  return isOrigin && !/[?#@*]/.test(text) ? url.origin : undefined;
}

/** Longest pause between two attempts, in seconds: a week. */
const LONGEST_PAUSE_SECONDS = 604_800;
/** Most pauses between the attempts of a delivery. */
const MOST_PAUSES = 30;

/** Pauses in milliseconds, from seconds. @throws InvalidSetting */
export function pauses(name: string, text: string): number[] {
  const seconds = text
    .split(',')
    .map((item) => (/^\s*\d{1,6}(?:\.\d{1,3})?\s*$/.test(item) ? Number(item) : Number.NaN));
  if (seconds.length <= MOST_PAUSES && seconds.every((pause) => pause > 0 && pause <= LONGEST_PAUSE_SECONDS)) {
    return seconds.map((pause) => Math.round(pause * 1_000));
  }
  throw new InvalidSetting(
    name,
    `must be up to ${MOST_PAUSES} numbers of seconds, comma-separated, such as 5,60,3600.`,
  );
}

/** IP addresses and networks. @throws InvalidSetting */
export function networks(name: string, text: string): string[] {
  const items = listOf(text);
  if (items.every(isNetwork)) return items;
  throw new InvalidSetting(name, 'must be addresses or networks, comma-separated, such as 10.0.0.1,192.168.0.0/16.');
}

function listOf(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function isNetwork(text: string): boolean {
  const [, address = '', bits = '1'] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const longest = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  return Number(bits) >= 1 && Number(bits) <= longest;
}
