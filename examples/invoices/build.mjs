import { bundleFunction } from 'spillway/bundle';

await bundleFunction('invoices/handler.ts', 'dist/invoices.zip');
await bundleFunction('invoices/canary.ts', 'dist/bank-canary.zip');
