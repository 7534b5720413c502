/**
 * Why a delivery is not to be believed: a header is absent, it was sent too long ago (or the clocks differ), no secret
 * makes its signature, or what was signed is not an event.
 */
export type WebhookFault = 'missing_header' | 'timestamp_out_of_range' | 'signature_mismatch' | 'invalid_body';

/** A delivery that did not verify; answer it with 400, and don't use it. Never holds a secret or a signature. */
export class WebhookVerificationError extends Error {
  /** For programs; the message says more. */
  readonly reason: WebhookFault;

  constructor(reason: WebhookFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'WebhookVerificationError';
    this.reason = reason;
  }
}
