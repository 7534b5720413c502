import 'node:fs';
import '../../client/src/index.js';
import '../../contract/src/index.js'; // testing-imports-only-client
import '../../server/src/settings.js'; // testing-imports-only-client, nobody-imports-server

export const testing = 'allowed';
