#!/usr/bin/env node
// `npx --no-install spillway-review PLAN.json…` from a checkout; `npm run build -- --review` makes the file that stands alone.
process.argv.splice(2, 0, 'review');
require('./spillway.js');
