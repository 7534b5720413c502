import { PartnerError } from '@countersign/contract';

/** The `ETag` of a record's version, contract §1.5. */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/**
 * Whether a list of entity tags, as in `If-Match` or `If-None-Match`, names this version; `*` names any (RFC 9110 §13.1).
 * A weak tag counts as its strong one, since proxies that compress weaken what passes through them.
 */
export function namesVersion(tags: string, version: number): boolean {
  if (tags.trim() === '*') return true;
  const wanted = entityTag(version);
  return tags.split(',').some((tag) => tag.trim().replace(/^W\//, '') === wanted);
}

/** Refuses a change of a record that is not at a version named by `If-Match`. @throws PartnerError `version_mismatch` */
export function ensureVersionNamed(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || namesVersion(ifMatch, version)) return;
  throw new PartnerError('version_mismatch', undefined, { details: { currentVersion: version } });
}
