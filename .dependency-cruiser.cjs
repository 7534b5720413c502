/**
 * The directions of the source tree, as errors. `node scripts/check-dependency-rules.mjs` runs them over the src of every
 * package, and over a fixture that breaks each of them.
 */

const SERVER = '^packages/server/src/';

/** Folders that hold one subject of the product each. */
const SUBJECTS = '(?:authorization|customers|identity|webhooks)';

/** What starts a process, a thread or a command; nothing imports these but each other. */
const ENTRIES = `${SERVER}(?:cli/|(?:commands|main|start-deliveries|delivery-thread|writer-thread|reader-thread)\\.ts$)`;
const APP = `${SERVER}app\\.ts$`;
const ROUTES = `^packages/server/src.*/routes\\.ts$`;

/** Folders beside the subjects that speak HTTP. */
const HTTP_SIDE = `${SERVER}(?:http|partner-api|pages|docs|operations|control)/`;
const STORES = `${SERVER}.*-store\\.ts$`;
const STORAGE = `${SERVER}storage/`;

/** Files named after what they do: `create-customer.ts`. */
const VERBS =
  `${SERVER}${SUBJECTS}.*/` +
  '(?:accept|add|allow|append|authorize|change|create|delete|deliver|exchange|find|get|grant|issue|list|open|remove|restore|revoke|rotate|sign|update|upsert|verify)-[^/]+\\.ts$';

const FRAMEWORK = ['^(?:fastify|@fastify/[^/]+)(?:/|$)', 'node_modules/(?:fastify|@fastify/[^/]+)/'];
const QUERY_BUILDER = ['^kysely(?:/|$)', 'node_modules/kysely/'];
const DRIVER_NAMES = '(?:@photostructure/sqlite|better-sqlite3|libsql|pg|postgres)';
const REDIS = ['^ioredis(?:/|$)', 'node_modules/ioredis/'];
const TABLE_LIBRARIES = '(?:fastest-levenshtein|fflate|saxes)';
const DRIVERS = [`^${DRIVER_NAMES}(?:/|$)`, `node_modules/${DRIVER_NAMES}/`, '^(?:node:)?sqlite$'];

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const betweenPackages = [
  {
    name: 'contract-imports-only-typebox',
    comment: 'The contract is bundled into the client, so it may import nothing but its schema library.',
    severity: 'error',
    from: { path: '^packages/contract/src/' },
    to: { pathNot: ['^packages/contract/src/', '^typebox(?:/|$)', 'node_modules/typebox/'] },
  },
  {
    name: 'client-imports-only-contract',
    comment: 'The client is published without runtime dependencies and runs in browsers too.',
    severity: 'error',
    from: { path: '^packages/client/src/' },
    to: { pathNot: ['^packages/client/src/', '^packages/contract/', '^@countersign/contract(?:/|$)'] },
  },
  {
    name: 'tabular-knows-no-server',
    comment: 'Tables are read in the program and in browsers, so tabular imports its parsers and the contract alone.',
    severity: 'error',
    from: { path: '^packages/tabular/src/' },
    to: {
      pathNot: [
        '^packages/tabular/src/',
        '^packages/contract/',
        '^@countersign/contract(?:/|$)',
        `^${TABLE_LIBRARIES}(?:/|$)`,
        `node_modules/${TABLE_LIBRARIES}/`,
      ],
    },
  },
  {
    name: 'testing-imports-only-client',
    comment: 'What tests start is a program, and what they call it with is the client.',
    severity: 'error',
    from: { path: '^packages/testing/src/' },
    to: {
      pathNot: ['^packages/testing/src/', '^packages/client/', '^@countersign/client(?:/|$)'],
      dependencyTypesNot: ['core'],
    },
  },
  {
    name: 'nobody-imports-server',
    comment: 'The server is a program, not a library.',
    severity: 'error',
    from: { pathNot: '^packages/server/' },
    to: { path: ['^packages/server/', '^countersign(?:/|$)'] },
  },
  {
    name: 'only-cli-uses-client',
    comment: 'Inside the server, only the command line speaks to a server as a customer would.',
    severity: 'error',
    from: { path: SERVER, pathNot: `${SERVER}cli/` },
    to: { path: ['^packages/client/', '^@countersign/client(?:/|$)'] },
  },
];

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const layers = [
  {
    name: 'nothing-imports-entries',
    comment: 'cli, commands, main and the threads are where imports start, so nothing else may import them.',
    severity: 'error',
    from: { path: SERVER, pathNot: ENTRIES },
    to: { path: ENTRIES },
  },
  {
    name: 'only-entries-import-app',
    comment: 'app.ts knows everything that is mounted, so what it mounts may not know it.',
    severity: 'error',
    from: { path: SERVER, pathNot: ENTRIES },
    to: { path: APP },
  },
  {
    name: 'only-app-imports-routes',
    comment: 'Routes are mounted in one list, in app.ts.',
    severity: 'error',
    from: { path: SERVER, pathNot: APP },
    to: { path: ROUTES },
  },
  {
    name: 'only-app-imports-control',
    comment: 'What tests may have a server do is mounted by app.ts alone, so that nothing else comes to need it.',
    severity: 'error',
    from: { path: SERVER, pathNot: [ENTRIES, APP, `${SERVER}control/`] },
    to: { path: `${SERVER}control/` },
  },
  {
    name: 'verbs-never-reach-framework',
    comment: 'What runs beside the database may not load the web framework, not even through another file.',
    severity: 'error',
    from: {
      path: [`${SERVER}${SUBJECTS}/`, `${SERVER}(?:commands|writer-thread|reader-thread)\\.ts$`],
      pathNot: ROUTES,
    },
    to: { path: FRAMEWORK, reachable: true },
  },
  {
    name: 'store-not-to-verb',
    comment: 'Verbs import stores, never back.',
    severity: 'error',
    from: { path: STORES },
    to: { path: VERBS },
  },
  {
    name: 'storage-not-to-above',
    comment: 'Storage is the bottom: it may not know the subjects or anything above them.',
    severity: 'error',
    from: { path: STORAGE },
    to: { path: [ENTRIES, APP, HTTP_SIDE, `${SERVER}${SUBJECTS}/`] },
  },
  {
    name: 'subject-not-to-subject',
    comment:
      'Subjects meet only at named doors: webhooks/outbox/outbox.ts, webhooks/subscriptions/app-webhook-store.ts, and identity, which every other builds on.',
    severity: 'error',
    from: { path: `${SERVER}(${SUBJECTS})/` },
    to: {
      path: `${SERVER}${SUBJECTS}/`,
      pathNot: [
        `${SERVER}$1/`,
        `${SERVER}webhooks/(?:outbox/outbox|subscriptions/app-webhook-store)\\.ts$`,
        `${SERVER}identity/`,
      ],
    },
  },
];

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const whoKnowsWhat = [
  {
    name: 'framework-only-on-http-side',
    comment: 'Only app, http, partner-api, pages, docs, operations, control and routes.ts know the web framework.',
    severity: 'error',
    from: { path: '^packages/', pathNot: [APP, HTTP_SIDE, ROUTES] },
    to: { path: FRAMEWORK },
  },
  {
    name: 'query-builder-only-in-stores',
    comment: 'Only *-store.ts and storage know the query builder.',
    severity: 'error',
    from: { path: '^packages/', pathNot: [STORES, STORAGE] },
    to: { path: QUERY_BUILDER },
  },
  {
    name: 'driver-only-in-storage',
    comment: 'Only storage knows a database driver.',
    severity: 'error',
    from: { path: '^packages/', pathNot: STORAGE },
    to: { path: DRIVERS },
  },
  {
    name: 'redis-only-in-shared-state',
    comment: 'Only shared-state knows Redis; everybody else shares by what it opens.',
    severity: 'error',
    from: { path: '^packages/', pathNot: `${SERVER}shared-state/` },
    to: { path: REDIS },
  },
];

/** @type {import('dependency-cruiser').IForbiddenRuleType[]} */
const everywhere = [
  {
    name: 'no-cycles',
    comment: 'Two files that need each other are one file, or miss a third.',
    severity: 'error',
    from: {},
    to: { circular: true },
  },
  {
    name: 'no-orphans',
    comment: 'A file that imports nothing and is imported by nothing is dead.',
    severity: 'error',
    from: { orphan: true, path: '^packages/', pathNot: '\\.d\\.ts$' },
    to: {},
  },
  {
    name: 'no-unresolvable',
    comment: 'The import leads nowhere.',
    severity: 'error',
    from: {},
    to: { couldNotResolve: true },
  },
  {
    name: 'no-dev-dependency',
    comment: 'What src imports must be there after an install for production.',
    severity: 'error',
    from: { path: '^packages/[^/]+/src/' },
    to: { dependencyTypes: ['npm-dev'], pathNot: ['^packages/', 'node_modules/@types/'] },
  },
  {
    name: 'no-undeclared-dependency',
    comment: 'The package is not in the package.json of the workspace that imports it.',
    severity: 'error',
    from: { path: '^packages/[^/]+/src/' },
    to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], pathNot: '^packages/' },
  },
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [...betweenPackages, ...layers, ...whoKnowsWhat, ...everywhere],
  options: {
    doNotFollow: { path: ['node_modules', '^packages/[^/]+/dist/'] },
    exclude: { path: '\\.test\\.ts$' },
    moduleSystems: ['es6', 'cjs'],
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
