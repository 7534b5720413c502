import type { Customer } from '@countersign/contract';

/** What a person's record is known by in kept answers. */
export interface ErasedNames {
  /** UUIDs of the customer and of its contacts. */
  readonly uuids: ReadonlySet<string>;
  /** Every email that it or a contact of it ever had, in lower case. */
  readonly emails: ReadonlySet<string>;
  /** By UUID, customers that took something of it in a merge, with what makes one of them what it is without that. */
  readonly keepers?: ReadonlyMap<string, (customer: Customer) => Customer>;
}

type JsonObject = Readonly<Record<string, unknown>>;

/** What an object about an erased record keeps beside the UUIDs: nothing of it tells what the record held. */
const KEPT = new Set(['index', 'success', 'version', 'outcome', 'deleted']);

/**
 * A kept answer without what it tells of an erased record; undefined where it tells nothing of it. An object about the
 * record keeps its UUID, texts that have one of its emails become empty, and what is told of other records stays.
 */
export function withoutErased(json: string, names: ErasedNames): string | undefined {
  const answer: unknown = JSON.parse(json);
  const left = new Walk(names).valueWithout(answer);
  return left === answer ? undefined : JSON.stringify(left);
}

/** Gives the very value where nothing of it is erased. */
class Walk {
  readonly #names: ErasedNames;

  constructor(names: ErasedNames) {
    this.#names = names;
  }

  valueWithout(value: unknown): unknown {
    if (typeof value === 'string') return this.#hasEmail(value) ? '' : value;
    if (Array.isArray(value)) return this.#listWithout(value);
    return isObject(value) ? this.#objectWithout(value) : value;
  }

  #listWithout(list: readonly unknown[]): readonly unknown[] {
    const left = list.map((entry) => this.valueWithout(entry));
    return left.every((entry, index) => entry === list[index]) ? list : left;
  }

  #objectWithout(object: JsonObject): JsonObject {
    if (this.#isNamed(object)) {
      const entries = Object.entries(object).filter(([name, value]) => KEPT.has(name) || this.#isUuid(value));
      return { ...Object.fromEntries(entries), erased: true };
    }
    if (isOtherCustomer(object)) return this.#otherWithout(object);
    const entries = Object.entries(object).map(([name, value]) => [name, this.valueWithout(value)] as const);
    if (entries.every(([name, value]) => value === object[name])) return object;
    // Warnings repeat names that the caller chose.
    return Object.fromEntries(entries.filter(([name]) => name !== '_partnerWarnings'));
  }

  #otherWithout(other: JsonObject): JsonObject {
    const without = this.#names.keepers?.get(String(other.uuid));
    if (without === undefined || !isWhole(other)) return other;
    const left = without(other);
    return JSON.stringify(left) === JSON.stringify(other) ? other : { ...left };
  }

  #isNamed(object: JsonObject): boolean {
    return Object.values(object).some((value) => this.#isUuid(value));
  }

  #isUuid(value: unknown): boolean {
    return typeof value === 'string' && this.#names.uuids.has(value);
  }

  #hasEmail(text: string): boolean {
    const lower = text.toLowerCase();
    return [...this.#names.emails].some((email) => lower.includes(email));
  }
}

// What another customer has of it by now, such as an address or a contact, is the other's.
function isOtherCustomer({ uuid, customer, email }: JsonObject): boolean {
  return typeof uuid === 'string' && typeof customer === 'string' && typeof email === 'string';
}

// As a GET answers it.
function isWhole(object: JsonObject): object is JsonObject & Customer {
  return typeof object.version === 'number' && Array.isArray(object.contacts) && isObject(object.metadata);
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null;
}
