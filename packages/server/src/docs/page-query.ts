import { CUSTOMER_LIMITS } from '@countersign/contract';

/** The query of a list that goes on by cursor, as the reference tells it; `entries` names what is on a page. */
export function pageQuery(entries: string) {
  return {
    type: 'object',
    properties: {
      limit: {
        type: 'integer',
        minimum: 1,
        maximum: CUSTOMER_LIMITS.pageSize,
        default: 20,
        description: `${entries} to a page`,
      },
      cursor: { type: 'string', maxLength: 255, description: 'nextCursor of the page before' },
    },
  } as const;
}
