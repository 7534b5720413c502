import 'node:crypto'; // client-imports-only-contract
import '../../contract/src/index.js';
import '../../server/src/settings.js'; // client-imports-only-contract, nobody-imports-server

export const client = 'allowed';
