// verbs-never-reach-framework
import 'fastify'; // framework-only-on-http-side
import 'kysely'; // query-builder-only-in-stores
import '../http/entity-tag.js';
import '../identity/team-store.js';
import '../webhooks/outbox/outbox.js';
import './customer-store.js';
import './email-key.js';
