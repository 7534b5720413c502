import { type ErrorCode, type FieldError, PartnerError } from '@countersign/contract';

/** A PartnerError as plain values: it can cross to another thread, and wait for its transaction. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
  readonly errors?: readonly FieldError[] | undefined;
}

/** The plain values of an error; its cause is not among them. */
export function refusalOf({ code, message, details, errors }: PartnerError): Refusal {
  return { code, message, details, errors };
}

/** The error of plain values. */
export function errorOfRefusal({ code, message, details, errors }: Refusal, cause?: unknown): PartnerError {
  return new PartnerError(code, message, { details, errors, cause });
}
