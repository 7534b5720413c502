export type {
  Address,
  AddressInput,
  BulkResult,
  Contact,
  ContactInput,
  CursorPagination,
  Customer,
  CustomerCreatedEvent,
  CustomerDeletedEvent,
  CustomerInput,
  CustomerListQuery,
  CustomerOrder,
  CustomerPatch,
  CustomerStatus,
  CustomerUpdatedEvent,
  DeletedCustomer,
  Disclosure,
  DuplicateCandidate,
  DuplicateGroup,
  DuplicateReason,
  ErasedRecord,
  ErrorCode,
  FieldError,
  HistoryActor,
  HistoryEntry,
  Import,
  ImportInput,
  KeptField,
  MatchInput,
  MergeField,
  Pagination,
  PartnerWarning,
  UndoStep,
  UpsertOutcome,
  WebhookEvent,
  WebhookEventName,
} from '@countersign/contract';
export type { Answer } from './answer.js';
export type { CallOptions, ConditionalReadOptions, WriteOptions } from './call-options.js';
export type { AccessToken, ClientOptions } from './client-settings.js';
export type {
  ClientErrorCode,
  CountersignErrorCode,
  CountersignErrorOptions,
  DetailsOf,
  ErrorDetails,
} from './countersign-error.js';
export { CountersignError, hasErrorCode } from './countersign-error.js';
export type { Client, RequestOptions } from './create-client.js';
export { createClient } from './create-client.js';
export type { ContactAddress, ContactsApi, DeletedRecord } from './customers/contacts-api.js';
export type { ChangesQuery, CustomerChanges } from './customers/customer-changes.js';
export type { CustomerPage, ListedRecord } from './customers/customer-page.js';
export type {
  BulkMode,
  BulkOptions,
  BulkOutcome,
  CustomersApi,
  CustomerUpsertInput,
  CustomerVersionQuery,
  DuplicateGroupsPage,
  DuplicateGroupsQuery,
  HistoryPage,
  HistoryQuery,
  MatchResult,
  MergeOptions,
  MergeResult,
  NotDuplicates,
  UnmergeResult,
  UpsertResult,
} from './customers/customers-api.js';
export type { ExportQuery } from './customers/export-customers.js';
export type { ImportedRow, ImportOptions } from './customers/import-customers.js';
export type {
  BulkReceipt,
  BulkReceipts,
  MergeReceipt,
  WriteOnlyClient,
  WriteReceipt,
} from './customers/write-only-client.js';
export { createWriteOnlyClient } from './customers/write-only-client.js';
export type { ImportsApi, ImportsPage, ImportsQuery } from './imports/imports-api.js';
export type { QueryParameters } from './query-text.js';
export type { RateLimit, Result } from './sending/read-result.js';
export type { SignatureHeaders, SignedHeadersInput, SignRequestInput } from './sending/sign-request.js';
export { signedHeaders, signRequest } from './sending/sign-request.js';
export type { VerifyWebhookOptions } from './webhooks/verify-webhook.js';
export { verifyWebhook } from './webhooks/verify-webhook.js';
export type { WebhookHeaders } from './webhooks/webhook-headers.js';
export type { WebhookFault } from './webhooks/webhook-verification-error.js';
export { WebhookVerificationError } from './webhooks/webhook-verification-error.js';
