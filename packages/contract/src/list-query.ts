import { type Static, Type } from 'typebox';
import { CUSTOMER_LIMITS, CUSTOMER_ORDERS, type CustomerOrder } from './customer-limits.js';

/** Query of `GET /partners/customers`, contract §3.2. */
export const CustomerListQuerySchema = Type.Object({
  search: Type.Optional(
    Type.String({
      maxLength: CUSTOMER_LIMITS.search,
      description:
        'Substring of customer, email, mainPhone, externalId, or of a contact\u2019s name, email or phone; without regard to case, composition and accents; a phone also by its digits; % and _ are plain characters',
    }),
  ),
  page: Type.Optional(
    Type.Integer({ minimum: 1, maximum: CUSTOMER_LIMITS.page, default: 1, description: 'Past the end: empty' }),
  ),
  limit: Type.Optional(
    Type.Integer({ minimum: 1, maximum: CUSTOMER_LIMITS.pageSize, default: 20, description: 'Records to a page' }),
  ),
  orderBy: Type.Optional(
    Type.Unsafe<CustomerOrder>({
      type: 'string',
      enum: [...CUSTOMER_ORDERS],
      default: 'customer',
      description: 'Field to sort by; ties go by uuid',
    }),
  ),
  orderDirection: Type.Optional(
    Type.Unsafe<'ASC' | 'DESC'>({
      type: 'string',
      enum: ['ASC', 'DESC'],
      default: 'ASC',
      description: 'Rising or falling; in either case',
    }),
  ),
  status: Type.Optional(
    Type.Unsafe<'active' | 'inactive'>({
      type: 'string',
      enum: ['active', 'inactive'],
      description: 'Only customers of this status',
    }),
  ),
  updatedSince: Type.Optional(
    Type.String({ format: 'date-time', description: 'Only customers changed at or after this time (ISO 8601)' }),
  ),
  createdSince: Type.Optional(
    Type.String({ format: 'date-time', description: 'Only customers created at or after this time (ISO 8601)' }),
  ),
  includeDeleted: Type.Optional(
    Type.Boolean({
      default: false,
      description: 'Deleted customers come too, each as what is left of it; whatever their status, and not with search',
    }),
  ),
  cursor: Type.Optional(
    Type.String({ maxLength: 2000, description: 'nextCursor of the page before; costs the same at any depth' }),
  ),
});

/** Query of a customer list, as sent. */
export type CustomerListQuery = Static<typeof CustomerListQuerySchema>;
