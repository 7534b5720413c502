import './outbox-store.js';
