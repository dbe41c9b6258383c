/** What may touch what: the rooms of the design, as rules that fail the build. */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'functions-know-no-infrastructure',
      comment: 'A handler runs on Lambda: it must not pull in synthesis.',
      severity: 'error',
      from: { path: '^functions/' },
      to: {
        path: '^(modules|environments|local|web|review|tools|cli)/|^main\\.ts$|node_modules/(cdktf|@cdktf|constructs)/',
      },
    },
    {
      name: 'runtime-knows-no-function',
      comment: 'What every function is made of knows no coffee and no Lambda.',
      severity: 'error',
      from: { path: '^functions/runtime/' },
      to: { path: '^functions/(?!runtime/)' },
    },
    {
      name: 'operations-know-no-shop',
      comment: 'What operates works for any consumer: it asks a canary function, and knows no coffee.',
      severity: 'error',
      from: { path: '^functions/operations/' },
      to: { path: '^functions/shop/' },
    },
    {
      name: 'functions-know-no-other-function',
      comment:
        'What two functions share is in the runtime, or in the rooms of the shop that are no function: its domain and its orders.',
      severity: 'error',
      from: { path: '^functions/(operations|shop)/([^/]+)/' },
      to: {
        path: '^functions/(operations|shop)/[^/]+/',
        pathNot: '^functions/$1/$2/|^functions/shop/(domain|orders)/|/contract\\.ts$',
      },
    },
    {
      name: 'steps-know-no-other-step',
      severity: 'error',
      from: { path: '^functions/shop/order-saga/([^/]+)/' },
      to: { path: '^functions/shop/order-saga/[^/]+/', pathNot: '^functions/shop/order-saga/$1/' },
    },
    {
      name: 'domain-is-pure',
      comment: "The shop's domain has no AWS client in it.",
      severity: 'error',
      from: { path: '^functions/shop/domain/' },
      to: { path: 'node_modules/(@aws-sdk|@aws-lambda-powertools)/|^functions/(?!shop/domain/|runtime/)' },
    },
    {
      name: 'modules-use-contracts-only',
      comment:
        "A module may know a function's contract (its environment, input and output) and settings, never its handler.",
      severity: 'error',
      from: { path: '^modules/' },
      to: { path: '^functions/', pathNot: '(^|/)(contract|settings)\\.ts$' },
    },
    {
      name: 'modules-know-no-shop',
      severity: 'error',
      from: { path: '^modules/' },
      to: { path: '^functions/shop/' },
    },
    {
      name: 'alarms-and-roles-are-made-in-one-place',
      comment: 'What holds everywhere (topic, runbooks, boundary, path, prefix) is heard there.',
      severity: 'error',
      from: { path: '^(modules|environments)/', pathNot: '^modules/(alarm|role)/' },
      to: { path: '@cdktf/provider-aws/lib/(cloudwatch-metric-alarm|iam-role)/' },
    },
    {
      name: 'modules-know-no-environment',
      severity: 'error',
      from: { path: '^modules/' },
      to: { path: '^(environments|local|web|review|cli|tools)/|^main\\.ts$' },
    },
    {
      name: 'modules-by-their-index',
      comment: 'Another module is used through its index, not through its inner files.',
      severity: 'error',
      from: { path: '^modules/([^/]+)/' },
      to: { path: '^modules/([^/]+)/(?!index\\.ts$)', pathNot: '^modules/$1/' },
    },
    {
      name: 'environments-by-modules-index',
      severity: 'error',
      from: { path: '^environments/' },
      to: { path: '^modules/[^/]+/(?!index\\.ts$)' },
    },
    {
      name: 'environments-build-on-modules',
      severity: 'error',
      from: { path: '^environments/' },
      to: { path: '^(local|web|review)/|^main\\.ts$|^functions/', pathNot: '(^|/)contract\\.ts$' },
    },
    {
      name: 'nobody-imports-main',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^main\\.ts$' },
    },
    {
      name: 'local-reads-what-was-synthesized',
      comment: 'What runs here is what would be planned there, so local never imports a module.',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^(modules|environments|review)/|node_modules/(cdktf|@cdktf|constructs)/' },
    },
    {
      name: 'local-knows-the-wire',
      comment: 'What the pages and their server say to each other is all that the server knows of the pages.',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^web/(?!wire\\.ts$)' },
    },
    {
      name: 'web-runs-in-browsers',
      comment:
        "A page has no server in it: of the functions it knows the shop's domain and what payment can suffer from.",
      severity: 'error',
      from: { path: '^web/' },
      to: {
        path: '^(modules|environments|local|review|tools)/|^functions/(?!shop/domain/|runtime/|shop/payment-simulator/simulator\\.ts$)|node_modules/(?!uplot/)',
      },
    },
    {
      name: 'web-knows-no-node',
      severity: 'error',
      from: { path: '^web/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'commands-know-no-infrastructure',
      comment: 'What a person runs at night knows contracts and queues, whatever they were made with, and no shop.',
      severity: 'error',
      from: { path: '^cli/' },
      to: {
        path: '^(modules|environments|local|web|review|tools|functions/shop)/|node_modules/(cdktf|@cdktf|constructs)/',
      },
    },
    {
      name: 'review-stands-alone',
      severity: 'error',
      from: { path: '^review/' },
      to: { path: '^(modules|environments|functions|local|web|tools|cli)/|node_modules/(cdktf|@cdktf|constructs)/' },
    },
    {
      name: 'review-from-plan-to-report',
      comment:
        'Reading a plan knows no graph, the graph no rule, a rule no report: review/resources ← plan ← graph ← access, brokers, cost, live, outage ← rules ← own ← policy ← report.',
      severity: 'error',
      from: { path: '^review/(resources|plan|graph|access|brokers|cost|live|outage|rules|own|policy|report)/' },
      to: { path: '^review/[^/]+$' },
    },
    ...[
      ['resources', 'plan|graph|access|brokers|cost|live|outage|rules|own|policy|report'],
      ['plan', 'graph|access|brokers|cost|live|outage|rules|own|policy|report'],
      ['graph', 'access|brokers|cost|live|outage|rules|own|policy|report'],
      ['(?:access|brokers|cost|live|outage)', 'rules|own|policy|report'],
      ['rules', 'own|policy|report'],
      ['own', 'policy|report'],
      ['policy', 'report'],
    ].map(([room, later]) => ({
      name: `review-${room}-knows-nothing-later`,
      severity: 'error',
      from: { path: `^review/${room}/` },
      to: { path: `^review/(?:${later})/` },
    })),
    {
      name: 'rules-know-no-other-rule',
      comment: 'What two rules share stands in the graph, or beside the families.',
      severity: 'error',
      from: { path: '^review/rules/([a-z]+/[^/]+)[.]ts$' },
      to: { path: '^review/rules/[a-z]+/', pathNot: '^review/rules/$1[.]ts$' },
    },
    {
      name: 'provider-bindings-deep',
      comment: 'The barrel of @cdktf/provider-aws costs 1.4 GB and seconds: import @cdktf/provider-aws/lib/<resource>.',
      severity: 'error',
      from: {},
      to: { path: 'node_modules/@cdktf/provider-aws/lib/index\\.js$' },
    },
    {
      name: 'no-unresolved',
      comment: 'aws-lambda is types only: @types/aws-lambda.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: '^aws-lambda$' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
