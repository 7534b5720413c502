import '@photostructure/sqlite'; // driver-only-in-storage
import 'ioredis'; // redis-only-in-shared-state
import 'pino'; // no-undeclared-dependency
import 'vitest'; // no-dev-dependency
import '../../../client/src/index.js'; // only-cli-uses-client
import '../customers/customer-store.js'; // subject-not-to-subject
import './no-such-file.js'; // no-unresolvable
