import { PartnerError } from '@countersign/contract';

/** The `ETag` of a record's version, contract §1.5. */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/** The version of a record whose answer carries this `ETag`; undefined for an answer without one. */
export function taggedVersion(tag: string | undefined): number | undefined {
  const version = /^"(\d+)"$/.exec(tag ?? '')?.[1];
  return version === undefined ? undefined : Number(version);
}

/** A tag as it comes back: proxies that compress weaken it, or add the encoding: "3-gzip", "3;br", "3--gzip", "3"-gzip. */
const RETURNED_TAG = /^(?:W\/)?"(\d+)(?:(?:--?|;)(?:gzip|br|zstd|deflate)"|"-(?:gzip|br|zstd|deflate)|")$/i;

/**
 * Whether a list of entity tags, as in `If-Match` or `If-None-Match`, names this version; `*` names any (RFC 9110 §13.1).
 * What proxies make of a tag counts as the tag, contract §1.5.
 */
export function namesVersion(tags: string, version: number): boolean {
  if (tags.trim() === '*') return true;
  return tags.split(',').some((tag) => RETURNED_TAG.exec(tag.trim())?.[1] === String(version));
}

/** Refuses a change of a record that is not at a version named by `If-Match`. @throws PartnerError `version_mismatch` */
export function ensureVersionNamed(ifMatch: string | undefined, version: number): void {
  if (ifMatch === undefined || namesVersion(ifMatch, version)) return;
  throw new PartnerError('version_mismatch', undefined, { details: { currentVersion: version } });
}
