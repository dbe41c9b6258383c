const { execFileSync } = require('node:child_process');
const { join } = require('node:path');

/** Synthesis reads the functions' bundles: they are built before any test. */
module.exports = () => {
  execFileSync(process.execPath, [join(__dirname, '..', 'tools', 'build.mjs')], { stdio: 'inherit' });
};
