/** How deep plain values are nested at most. */
const MOST_LEVELS = 100;

/** Whether a value can be copied to another thread: texts, numbers and the like, in lists, objects and buffers. */
export function isPlain(value: unknown, levels = MOST_LEVELS): boolean {
  if (typeof value !== 'object' || value === null) return typeof value !== 'function' && typeof value !== 'symbol';
  if (levels === 0) return false;
  if (Array.isArray(value)) return value.every((entry) => isPlain(entry, levels - 1));
  if (value instanceof Uint8Array) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return false;
  return Object.values(value).every((entry) => isPlain(entry, levels - 1));
}
