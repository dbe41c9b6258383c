import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, TerraformStack } from 'cdktf';
import { AlarmTopic } from 'spillway/modules/alarm-topic';
import { ProtectedConsumer } from 'spillway/modules/protected-consumer';
import { bankCanary, invoices } from './contract';

const account = '111111111111';
const region = 'eu-central-1';
const environment = { BANK_URL: 'https://bank.example.com' };

const app = new App();
const stack = new TerraformStack(app, 'invoices');
new AwsProvider(stack, 'aws', { region });
const alarms = new AlarmTopic(stack, 'alarms', { topicName: 'invoices-alarms', account });
new ProtectedConsumer(stack, 'invoices', {
  name: 'invoices',
  contract: invoices,
  bundle: 'dist/invoices.zip',
  environment,
  canary: { contract: bankCanary, bundle: 'dist/bank-canary.zip', environment },
  breaker: {},
  account,
  region,
  alarmActions: [alarms.arn],
});
app.synth();
