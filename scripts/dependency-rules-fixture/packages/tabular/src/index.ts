import 'node:fs'; // tabular-knows-no-server
import 'fflate';
import '../../contract/src/index.js';
import '../../client/src/index.js'; // tabular-knows-no-server
import '../../server/src/settings.js'; // tabular-knows-no-server, nobody-imports-server

export const tabular = 'allowed';
