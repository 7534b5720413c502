export type {
  Address,
  AddressInput,
  BulkResult,
  Contact,
  ContactInput,
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
  MatchInput,
  Pagination,
  PartnerWarning,
  UpsertOutcome,
  WebhookEvent,
  WebhookEventName,
} from '@countersign/contract';
export type { Answer } from './answer.js';
export type { CallOptions, ConditionalReadOptions, WriteOptions } from './call-options.js';
export type { AccessToken, ClientOptions } from './client-settings.js';
export type { ContactAddress, ContactsApi, DeletedRecord } from './contacts-api.js';
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
export type { ChangesQuery, CustomerChanges } from './customer-changes.js';
export type { CustomerPage, ListedRecord } from './customer-page.js';
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
  NotDuplicates,
  UpsertResult,
} from './customers-api.js';
export type { QueryParameters } from './query-text.js';
export type { RateLimit, Result } from './read-result.js';
export type { SignatureHeaders, SignedHeadersInput, SignRequestInput } from './sign-request.js';
export { signedHeaders, signRequest } from './sign-request.js';
export type { VerifyWebhookOptions } from './verify-webhook.js';
export { verifyWebhook } from './verify-webhook.js';
export type { WebhookHeaders } from './webhook-headers.js';
export type { WebhookFault } from './webhook-verification-error.js';
export { WebhookVerificationError } from './webhook-verification-error.js';
export type { BulkReceipt, BulkReceipts, WriteOnlyClient, WriteReceipt } from './write-only-client.js';
export { createWriteOnlyClient } from './write-only-client.js';
