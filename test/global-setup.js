const { execFileSync } = require('node:child_process');
const { join } = require('node:path');

/** Synthesis reads the functions' bundles: they are built before any test. `npm test` has done so for all of its kinds. */
module.exports = () => {
  // The functions target Lambda's Node, not the one that the tests run on. The SDK's own way to say so: aws-sdk-js-v3, issue 7983.
  process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
  if (process.env.SPILLWAY_TESTS_BUILT !== 'yes') {
    execFileSync(process.execPath, [join(__dirname, '..', 'tools', 'build.mjs')], { stdio: 'inherit' });
  }
};
