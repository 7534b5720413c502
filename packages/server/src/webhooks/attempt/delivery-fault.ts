/** Why an attempt failed: the word for programs, and the sentence for whoever has to mend the receiver. */
export const DELIVERY_FAULTS = {
  url_not_allowed: 'The callback address breaks a rule of this server by now; save it again to see which.',
  name_not_found: 'The host name has no address.',
  lookup_failed: 'The host name could not be looked up.',
  address_not_allowed:
    'The host has an address on a private, loopback, link-local or otherwise reserved network; nothing was sent.',
  connection_refused: 'The receiver refused the connection.',
  unreachable: 'The receiver could not be reached.',
  tls_failed: "The receiver's certificate or its TLS could not be verified; nothing was sent.",
  connection_closed: 'The receiver closed the connection before its answer was complete.',
  timeout: 'The receiver did not answer completely in time.',
  malformed_answer: 'The receiver answered with something that is not HTTP, or with headers that are too long.',
  redirect: 'The receiver answered with a redirect, which is never followed; save the address that it leads to.',
  bad_status: 'The receiver answered with a status that is not 2xx.',
} as const;

/** The word for why an attempt failed. */
export type DeliveryFault = keyof typeof DELIVERY_FAULTS;

/** An attempt that failed, for a reason from {@link DELIVERY_FAULTS}. */
export class DeliveryFailure extends Error {
  constructor(
    readonly fault: DeliveryFault,
    options?: ErrorOptions,
  ) {
    super(DELIVERY_FAULTS[fault], options);
    this.name = 'DeliveryFailure';
  }
}
