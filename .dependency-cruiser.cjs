/* global module */
/**
 * Who may import whom inside exporter/src: domain ← fleet / store ← connectors / watcher / http ← app ← commands ← main.
 * Each folder sees itself and what its row names; `folder/file` is one file, usually the interface.
 * Tests may reach anywhere but main: they build what they need.
 */
const storeInterface = 'store/patch-store';
const connectorInterface = 'connectors/(connector|definition|secret)';

const mayImport = {
  domain: [],
  fleet: ['domain', storeInterface],
  store: ['domain'],
  connectors: ['domain'],
  collection: ['domain', 'fleet', storeInterface, connectorInterface, 'connectors/(pool|sleep|tally)'],
  identity: ['domain', 'fleet', storeInterface, 'watcher/prometheus-client'],
  watcher: ['checks', 'domain', 'fleet', 'identity', storeInterface],
  metrics: ['domain', 'fleet'],
  schedule: ['domain'],
  checks: ['domain'],
  config: ['domain', connectorInterface, 'store/store-url', 'schedule/recurrence', 'checks'],
  orders: ['domain', 'fleet', connectorInterface],
  http: ['checks', 'domain', 'fleet', 'identity', 'metrics', 'orders', 'schedule', storeInterface],
};

/** What the domain may take from Node beside zod: both compute and touch nothing. */
const pureBuiltins = '^(node:)?(crypto|assert)$';

const source = (folder) => `^exporter/src/${folder}/`;
const notATest = '\\.test\\.ts$|/__fixtures__/|/test/';

const directionRules = Object.entries(mayImport).map(([folder, allowed]) => ({
  name: `${folder}-imports`,
  comment: `${folder} may import ${allowed.length === 0 ? 'nothing of ours' : allowed.join(', ')}.`,
  severity: 'error',
  from: { path: source(folder), pathNot: notATest },
  to: {
    path: '^exporter/src/',
    pathNot: [folder, ...allowed].map((place) => `^exporter/src/${place}(/|\\.ts$)`),
  },
}));

module.exports = {
  forbidden: [
    ...directionRules,
    {
      name: 'domain-is-pure',
      comment: 'The domain decides from its arguments alone: no I/O and no library that does it.',
      severity: 'error',
      from: { path: source('domain'), pathNot: notATest },
      to: { dependencyTypes: ['core', 'npm', 'npm-dev', 'npm-no-pkg'], pathNot: [pureBuiltins, 'node_modules/zod/'] },
    },
    {
      name: 'nobody-imports-main',
      comment: 'main wires the concrete classes together; what others need from it belongs elsewhere.',
      severity: 'error',
      from: { pathNot: '^exporter/src/main' },
      to: { path: '^exporter/src/main(\\.ts$|/)' },
    },
    {
      name: 'only-entries-import-app',
      comment: 'app puts the parts together; a part that needs it would need itself.',
      severity: 'error',
      from: {
        path: '^exporter/src/',
        pathNot: ['^exporter/src/main(\\.ts$|/)', source('app'), source('commands'), notATest],
      },
      to: { path: source('app') },
    },
    {
      name: 'nobody-imports-commands',
      comment: 'Commands are entries for people, called by main only.',
      severity: 'error',
      from: { path: '^exporter/src/', pathNot: ['^exporter/src/main(\\.ts$|/)', source('commands'), notATest] },
      to: { path: source('commands') },
    },
    {
      name: 'product-does-not-see-its-surroundings',
      comment: 'The exporter must run without simulators, testbed, scenarios, bench and demo.',
      severity: 'error',
      from: { path: '^exporter/src/', pathNot: notATest },
      to: { path: '^(simulators|testbed|scenarios|bench|demo|tools)/' },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle means two pieces that are one, or a third that wants a name.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'Every import leads somewhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.mjs', '.js', '.json'],
      conditionNames: ['import', 'node', 'default', 'types'],
      exportsFields: ['exports'],
    },
  },
};
