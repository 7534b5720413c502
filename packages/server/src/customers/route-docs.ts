import type { FastifySchema } from 'fastify';

/** What the API page tells about each customer route. */
export const routeDocs: Record<
  | 'list'
  | 'findByEmail'
  | 'get'
  | 'create'
  | 'put'
  | 'patch'
  | 'delete'
  | 'restore'
  | 'upsertByExternalId'
  | 'upsertByEmail'
  | 'bulkCreate'
  | 'bulkUpdate'
  | 'listContacts'
  | 'createContact'
  | 'updateContact'
  | 'deleteContact',
  FastifySchema
> = {
  list: {},
  findByEmail: {},
  get: {},
  create: {},
  put: {},
  patch: {},
  delete: {},
  restore: {},
  upsertByExternalId: {},
  upsertByEmail: {},
  bulkCreate: {},
  bulkUpdate: {},
  listContacts: {},
  createContact: {},
  updateContact: {},
  deleteContact: {},
};
