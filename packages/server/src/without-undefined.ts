/** T where what may be undefined may be left out instead. */
type Defined<T> = { [K in keyof T as undefined extends T[K] ? never : K]: T[K] } & {
  [K in keyof T as undefined extends T[K] ? K : never]?: Exclude<T[K], undefined>;
};

/** A copy without the properties that are undefined, for callers who tell those from properties that are not there. */
export function withoutUndefined<T extends object>(object: T): Defined<T> {
  return asDefined(Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)));
}

// Entries lose the names of the properties; they are those of the object, without the undefined ones.
function asDefined<T>(object: object): Defined<T> {
  return object as Defined<T>;
}
