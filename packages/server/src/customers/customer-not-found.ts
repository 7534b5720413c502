import { PartnerError } from '@countersign/contract';

/** The refusal of a customer that is not there; of one that was merged it names the one that it is in, contract §7.3. */
export function customerNotFound(mergedInto: string | undefined): PartnerError {
  if (mergedInto === undefined) return new PartnerError('customer_not_found');
  const message = `The customer was merged into ${mergedInto}; unmerge there brings it back.`;
  return new PartnerError('customer_not_found', message, { details: { mergedInto } });
}
