import { disconnectApp } from './authorization/connected-apps/disconnect-app.js';
import { allowApp, denyApp } from './authorization/consent/allow-app.js';
import { forgetExpired } from './authorization/tokens/expired-store.js';
import { grantTokens } from './authorization/tokens/grant-tokens.js';
import { createTokens } from './authorization/tokens/issue-tokens.js';
import { revokeToken } from './authorization/tokens/revoke-token.js';
import { noteGrantUse } from './authorization/tokens/token-store.js';
import { bulkCreateCustomers } from './customers/bulk/bulk-create-customers.js';
import { bulkUpdateCustomers } from './customers/bulk/bulk-update-customers.js';
import { createContact } from './customers/contacts/create-contact.js';
import { deleteContact } from './customers/contacts/delete-contact.js';
import { updateContact } from './customers/contacts/update-contact.js';
import { createCustomer } from './customers/create-customer.js';
import { deleteCustomer } from './customers/delete-customer.js';
import { rekeyCustomers } from './customers/rekey-store.js';
import { restoreCustomer } from './customers/restore-customer.js';
import { updateCustomer } from './customers/update-customer.js';
import { upsertByEmail } from './customers/upsert/upsert-by-email.js';
import { upsertByExternalId } from './customers/upsert/upsert-by-external-id.js';
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
import { redeliverOne } from './webhooks/delivery-log/redeliver-one.js';
import { redeliverSince } from './webhooks/delivery-log/redeliver-since.js';
import { acknowledgeEvents } from './webhooks/listen/acknowledge-events.js';
import { createListener } from './webhooks/listen/create-listener.js';
import { deleteListener } from './webhooks/listen/delete-listener.js';
import { dropOldDeliveries } from './webhooks/outbox/old-delivery-store.js';
import { createWebhook } from './webhooks/subscriptions/create-webhook.js';
import { deleteWebhook } from './webhooks/subscriptions/delete-webhook.js';
import { updateWebhook } from './webhooks/subscriptions/update-webhook.js';

/** Everything that writes; the writer thread runs these and nothing else. */
export const commands: readonly Command<never, unknown>[] = [
  createCustomer.command,
  updateCustomer.command,
  deleteCustomer.command,
  restoreCustomer.command,
  upsertByEmail.command,
  upsertByExternalId.command,
  bulkCreateCustomers.command,
  bulkUpdateCustomers.command,
  createContact.command,
  updateContact.command,
  deleteContact.command,
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
  createWebhook.command,
  updateWebhook.command,
  deleteWebhook.command,
  createTestDelivery.command,
  redeliverOne.command,
  redeliverSince.command,
  takeDeliveries,
  recordAttempts,
  renewLeases,
  dropOldDeliveries,
  createListener.command,
  deleteListener.command,
  acknowledgeEvents.command,
];
