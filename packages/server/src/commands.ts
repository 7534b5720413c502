import { disconnectApp } from './authorization/connected-apps/disconnect-app.js';
import { allowApp, denyApp } from './authorization/consent/allow-app.js';
import { forgetExpired } from './authorization/tokens/expired-store.js';
import { grantTokens } from './authorization/tokens/grant-tokens.js';
import { createTokens } from './authorization/tokens/issue-tokens.js';
import { revokeToken } from './authorization/tokens/revoke-token.js';
import { noteGrantUse } from './authorization/tokens/token-store.js';
import { bulkCreateCustomers, bulkUpdateCustomers } from './customers/bulk/bulk-customers.js';
import { createContact, deleteContact, updateContact } from './customers/contacts/change-contacts.js';
import { createCustomer } from './customers/create-customer.js';
import { deleteCustomer } from './customers/delete-customer.js';
import { rekeyCustomers } from './customers/rekey-store.js';
import { restoreCustomer } from './customers/restore-customer.js';
import { updateCustomer } from './customers/update-customer.js';
import { upsertCustomer } from './customers/upsert/upsert-customer.js';
import { createApp, deleteApp, rotateAppSecret, setAppStatus, updateApp } from './identity/apps/app-changes-store.js';
import { acceptAsNewUser, acceptAsUser } from './identity/invitations/accept-invitation.js';
import { inviteUser } from './identity/invitations/invitation-store.js';
import { changePassword } from './identity/passwords/change-password.js';
import { rekeyUsers } from './identity/rekey-users-store.js';
import { failSignIn, signIn, signOut } from './identity/sign-in/sign-in.js';
import { createTeam, joinTeam } from './identity/team-store.js';
import { createUser } from './identity/user-store.js';
import { forgetOldAnswers } from './partner-api/write/idempotent-answer-store.js';
import { forgetRequestMarks } from './partner-api/write/request-mark-store.js';
import type { Command } from './storage/storage.js';
import { recordAttempts } from './webhooks/delivery/record-attempts.js';
import { renewLeases } from './webhooks/delivery/renew-leases.js';
import { takeDeliveries } from './webhooks/delivery/take-deliveries.js';
import { createTestDelivery } from './webhooks/delivery-log/create-test-delivery.js';
import { redeliverOne, redeliverSince } from './webhooks/delivery-log/redeliver.js';
import { acknowledgeEvents, createListener, deleteListener } from './webhooks/listen/listen.js';
import { dropOldDeliveries } from './webhooks/outbox/old-delivery-store.js';
import { createWebhook } from './webhooks/subscriptions/create-webhook.js';
import { deleteWebhook } from './webhooks/subscriptions/delete-webhook.js';
import { updateWebhook } from './webhooks/subscriptions/update-webhook.js';

/** Everything that writes; the writer thread runs these and nothing else. */
export const commands: readonly Command<never, unknown>[] = [
  createCustomer,
  updateCustomer,
  deleteCustomer,
  restoreCustomer,
  upsertCustomer,
  bulkCreateCustomers,
  bulkUpdateCustomers,
  createContact,
  updateContact,
  deleteContact,
  rekeyCustomers,
  rekeyUsers,
  forgetOldAnswers,
  forgetRequestMarks,
  createTeam,
  createUser,
  createApp,
  updateApp,
  setAppStatus,
  deleteApp,
  rotateAppSecret,
  createTokens,
  joinTeam,
  noteGrantUse,
  forgetExpired,
  inviteUser,
  acceptAsNewUser,
  acceptAsUser,
  signIn,
  failSignIn,
  signOut,
  changePassword,
  allowApp,
  denyApp,
  grantTokens,
  revokeToken,
  disconnectApp,
  createWebhook,
  updateWebhook,
  deleteWebhook,
  createTestDelivery,
  redeliverOne,
  redeliverSince,
  takeDeliveries,
  recordAttempts,
  renewLeases,
  dropOldDeliveries,
  createListener,
  deleteListener,
  acknowledgeEvents,
];
