import { acceptAsNewUser, acceptAsUser } from './accounts/accept-invitation.js';
import { changePassword } from './accounts/change-password.js';
import { inviteUser } from './accounts/invitation-store.js';
import { failSignIn, signIn, signOut } from './accounts/sign-in.js';
import { bulkCreateCustomers, bulkUpdateCustomers } from './customers/bulk-customers.js';
import { createContact, deleteContact, updateContact } from './customers/change-contacts.js';
import { createCustomer } from './customers/create-customer.js';
import { deleteCustomer } from './customers/delete-customer.js';
import { rekeyCustomers } from './customers/rekey-store.js';
import { restoreCustomer } from './customers/restore-customer.js';
import { updateCustomer } from './customers/update-customer.js';
import { upsertCustomer } from './customers/upsert-customer.js';
import { forgetOldAnswers } from './http/idempotent-answer-store.js';
import { allowApp, denyApp } from './oauth/allow-app.js';
import { disconnectApp } from './oauth/disconnect-app.js';
import { grantTokens } from './oauth/grant-tokens.js';
import { revokeToken } from './oauth/revoke-token.js';
import { forgetRequestMarks } from './partner/request-mark-store.js';
import type { Command } from './storage/storage.js';
import { createApp, deleteApp, rotateAppSecret, setAppStatus, updateApp } from './teams/app-changes-store.js';
import { forgetExpired } from './teams/expired-store.js';
import { createTokens } from './teams/issue-tokens.js';
import { rekeyUsers } from './teams/rekey-users-store.js';
import { createTeam, joinTeam } from './teams/team-store.js';
import { noteGrantUse } from './teams/token-store.js';
import { createUser } from './teams/user-store.js';
import { createTestDelivery } from './webhooks/create-test-delivery.js';
import { createWebhook } from './webhooks/create-webhook.js';
import { deleteWebhook } from './webhooks/delete-webhook.js';
import { acknowledgeEvents, createListener, deleteListener } from './webhooks/listen.js';
import { dropOldDeliveries } from './webhooks/old-delivery-store.js';
import { redeliverOne, redeliverSince } from './webhooks/redeliver.js';
import { renewLeases } from './webhooks/renew-leases.js';
import { settleDeliveries } from './webhooks/settle-deliveries.js';
import { takeDeliveries } from './webhooks/take-deliveries.js';
import { updateWebhook } from './webhooks/update-webhook.js';

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
  settleDeliveries,
  renewLeases,
  dropOldDeliveries,
  createListener,
  deleteListener,
  acknowledgeEvents,
];
