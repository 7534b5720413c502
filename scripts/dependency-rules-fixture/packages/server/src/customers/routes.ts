import 'fastify';
import '../http/envelope.js';
import './create-customer.js';
import './update-customer.js';
