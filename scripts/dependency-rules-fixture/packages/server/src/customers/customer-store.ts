import 'kysely';
import '../storage/open-storage.js';
import './find-customer.js'; // store-not-to-verb
