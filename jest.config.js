/** One project per kind of test, because they need different things running: `npm test -- unit` runs one of them. */
const base = {
  rootDir: __dirname,
  transform: {
    '\\.ts$|/zod/v4/.+\\.js$': [
      '@swc/jest',
      { jsc: { target: 'es2022', parser: { syntax: 'typescript' } }, module: { type: 'commonjs' } },
    ],
  },
  // zod's messages are published as ES modules only.
  transformIgnorePatterns: ['/node_modules/(?!zod/)'],
  globalSetup: '<rootDir>/test/global-setup.js',
  moduleNameMapper: {
    '^spillway/runtime$': '<rootDir>/functions/runtime/index.ts',
    '^spillway/testing$': '<rootDir>/functions/runtime/testing/index.ts',
    '^spillway/review$': '<rootDir>/review/index.ts',
    '^spillway/review/testing$': '<rootDir>/review/testing.ts',
    '^spillway/modules/(.*)$': '<rootDir>/modules/$1/index.ts',
  },
  setupFilesAfterEnv: ['<rootDir>/test/patience.js'],
  testEnvironment: 'node',
  modulePathIgnorePatterns: ['<rootDir>/dist', '<rootDir>/cdktf.out', '<rootDir>/.spillway'],
};
module.exports = {
  testSequencer: '<rootDir>/test/sequencer.js',
  projects: [
    {
      ...base,
      displayName: 'unit',
      testMatch: ['<rootDir>/test/**/*.test.ts'],
      testPathIgnorePatterns: ['<rootDir>/test/(emulator|scenarios|browser|brokers|terraform)/'],
    },
    {
      ...base,
      displayName: 'emulator',
      testMatch: ['<rootDir>/test/emulator/**/*.test.ts'],
    },
    {
      ...base,
      displayName: 'scenarios',
      testMatch: ['<rootDir>/test/scenarios/**/*.test.ts'],
    },
    {
      ...base,
      displayName: 'browser',
      testMatch: ['<rootDir>/test/browser/**/*.test.ts'],
    },
    {
      ...base,
      displayName: 'brokers',
      testMatch: ['<rootDir>/test/brokers/**/*.test.ts'],
    },
    {
      ...base,
      displayName: 'terraform',
      testMatch: ['<rootDir>/test/terraform/**/*.test.ts'],
    },
  ],
};
