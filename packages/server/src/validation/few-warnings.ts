import type { PartnerWarning } from '@countersign/contract';

/** Warnings told one by one; a body of nothing but unknown fields would otherwise get an answer many times its size. */
const MOST_WARNINGS = 100;

/** The first hundred of some warnings, and one more that says how many were left out. */
export function fewWarnings(warnings: readonly PartnerWarning[]): readonly PartnerWarning[] {
  if (warnings.length <= MOST_WARNINGS) return warnings;
  const left = warnings.length - MOST_WARNINGS;
  return [
    ...warnings.slice(0, MOST_WARNINGS),
    { field: '', reason: 'unknown_field', message: `${left} more fields were ignored.` },
  ];
}
