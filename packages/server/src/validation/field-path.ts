/** A JSON pointer as a person would write the path: `/contacts/1/email` gives `contacts[1].email`. */
export function fieldPath(pointer: string): string {
  let path = '';
  for (const part of pointer.split('/').slice(1)) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    path = /^\d+$/.test(name) && path !== '' ? `${path}[${name}]` : joinPath(path, name);
  }
  return path;
}

/** Puts a field behind the path of the object that holds it. */
export function joinPath(base: string, field: string): string {
  if (base === '' || field === '') return base + field;
  return field.startsWith('[') ? base + field : `${base}.${field}`;
}

/** Most characters of a name that a caller made up, where an answer repeats it. */
const LONGEST_NAME = 100;

/** A name that a caller made up, as an answer repeats it: well-formed, and cut where it is very long. */
export function shortName(name: string): string {
  return (name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name).toWellFormed();
}
