import type { PartnerWarning } from '@countersign/contract';
import { joinPath, shortName } from './field-path.js';

/** Fields of an answer that a caller may send back; they are made by the server. */
const READ_ONLY = new Set([
  'uuid',
  'id',
  'createdAt',
  'updatedAt',
  'version',
  'hasSigningSecret',
  'failingSince',
  'disabledReason',
  '_partnerWarnings',
]);

/** Fields that are named one by one; a body of nothing but unknown fields would get an answer many times its size. */
const MOST_NAMED = 100;

/** Fields of a request that are not used: nothing is dropped silently, contract §3.1. */
export class UnusedFields {
  readonly #named: PartnerWarning[] = [];
  #count = 0;

  /** How many there are so far. */
  get count(): number {
    return this.#count;
  }

  /** The first hundred, then how many more. */
  get warnings(): readonly PartnerWarning[] {
    const more = this.#count - this.#named.length;
    if (more === 0) return this.#named;
    return [...this.#named, { field: '', reason: 'unknown_field', message: `${more} more fields were ignored.` }];
  }

  /** Notes the fields of an object that are not among those that are used. */
  note(object: object, path: string, used: ReadonlySet<string>): void {
    for (const name of Object.keys(object)) {
      if (!used.has(name)) this.add(() => unusedField(joinPath(path, shortName(name)), name));
    }
  }

  /** Notes one field; its warning is made only where it is among the first hundred. */
  add(warning: () => PartnerWarning): void {
    this.#count++;
    if (this.#named.length < MOST_NAMED) this.#named.push(warning());
  }
}

function unusedField(field: string, name: string): PartnerWarning {
  return READ_ONLY.has(name)
    ? { field, reason: 'read_only_field', message: `${field} is set by the server and was ignored.` }
    : { field, reason: 'unknown_field', message: `${field} is not a field of this object and was ignored.` };
}

/** An object with only those of its fields that are used. */
export function picked(body: object, fields: ReadonlySet<string>): object {
  const used: Record<string, unknown> = {};
  for (const name of fields) {
    if (Object.hasOwn(body, name)) used[name] = Reflect.get(body, name);
  }
  return used;
}
