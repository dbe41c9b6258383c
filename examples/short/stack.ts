import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, TerraformStack } from 'cdktf';
import { ProtectedConsumer } from 'spillway/modules/protected-consumer';
import { bankCanary, invoices } from '../invoices/contract';

const environment = { BANK_URL: 'https://bank.example.com' };
const app = new App();
const stack = new TerraformStack(app, 'invoices');
new AwsProvider(stack, 'aws', { region: 'eu-central-1' });
new ProtectedConsumer(stack, 'invoices', {
  name: 'invoices',
  contract: invoices,
  bundle: 'dist/invoices.zip',
  environment,
  canary: { contract: bankCanary, bundle: 'dist/bank-canary.zip', environment },
  account: '111111111111',
  alarmActions: ['arn:aws:sns:eu-central-1:111111111111:on-call'],
});
app.synth();
