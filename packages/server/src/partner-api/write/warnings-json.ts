import type { PartnerWarning } from '@countersign/contract';

/** The `_partnerWarnings` member to append to `data`, or nothing. */
export function warningsJson(warnings: readonly PartnerWarning[] = []): string {
  return warnings.length === 0 ? '' : `,"_partnerWarnings":${JSON.stringify(warnings)}`;
}
