import 'fastify';
import './customers/routes.js';
import './http/envelope.js';
