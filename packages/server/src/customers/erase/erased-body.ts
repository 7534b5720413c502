/** What is left of an erased customer, in the row's body. */
export interface ErasedBody {
  readonly uuid: string;
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  /** When it was erased; ISO 8601, UTC. */
  readonly updatedAt: string;
}

/** How the body of an erased customer begins; that of any other begins with its UUID. */
const MARK = '{"erased":true,';

/** The status in the row of an erased customer, whatever it had. */
export const ERASED_STATUS = 'inactive';

/** The body of an erased customer's row. */
export function erasedBody({ uuid, version, createdAt, updatedAt }: ErasedBody): string {
  const rest = { uuid, id: uuid, status: ERASED_STATUS, externalId: null, createdAt, updatedAt, version };
  return MARK + JSON.stringify(rest).slice(1);
}

/** Whether a row's body is that of an erased customer. */
export function isErased(body: string): boolean {
  return body.startsWith(MARK);
}

/** What is left of an erased customer, from a body that {@link isErased}. */
export function parseErasedBody(body: string): ErasedBody {
  const erased: ErasedBody = JSON.parse(body);
  return erased;
}
