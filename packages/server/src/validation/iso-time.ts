/** ISO 8601: a date, or a date and a time with its zone. */
const ISO_TIME = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)(Z|[+-]\d{2}(?::?\d{2})?))?$/i;
const TIME_WITHOUT_ZONE = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?$/i;

/** Milliseconds since 1970 of an ISO 8601 text: a date, or a date and a time with its zone; undefined for another. */
export function parseTime(text: string): number | undefined {
  const [, day, timeOfDay, zone = ''] = ISO_TIME.exec(text) ?? [];
  if (day === undefined) return undefined;
  const time = Date.parse(timeOfDay === undefined ? day : `${day}T${timeOfDay}${zoneWithColon(zone)}`);
  return !Number.isNaN(time) && isDay(day) ? time : undefined;
}

/** What is wrong with a text that {@link parseTime} does not take, as the end of a sentence. */
export function timeRule(text: string): string {
  return TIME_WITHOUT_ZONE.test(text)
    ? 'needs a time zone: Z at its end, or an offset such as +02:00.'
    : 'must be an ISO 8601 time with its zone, such as 2026-01-31T12:00:00Z.';
}

function zoneWithColon(zone: string): string {
  if (/^z$/i.test(zone)) return 'Z';
  return `${zone.slice(0, 3)}:${zone.slice(3).replace(':', '') || '00'}`;
}

// Date.parse takes the 30th of February for the 2nd of March.
function isDay(text: string): boolean {
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
}
