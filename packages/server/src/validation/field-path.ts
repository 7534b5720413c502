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
