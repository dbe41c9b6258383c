import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, TerraformStack } from 'cdktf';
import { AlarmTopic } from 'spillway/modules/alarm-topic';
import { ProtectedConsumer } from 'spillway/modules/protected-consumer';
import { Stream, StreamConsumer } from 'spillway/modules/stream';
import { billingCanary, meterReadings } from './contract';

const account = '111111111111';
const region = 'eu-central-1';
const environment = { BILLING_URL: 'https://billing.example.com' };

const app = new App();
const stack = new TerraformStack(app, 'meter-readings');
new AwsProvider(stack, 'aws', { region });
const alarms = new AlarmTopic(stack, 'alarms', { topicName: 'meter-readings-alarms', account });
const alarmActions = [alarms.arn];
const { queue, handler, breaker } = new ProtectedConsumer(stack, 'consumer', {
  name: 'meter-readings',
  contract: meterReadings,
  bundle: 'dist/meter-readings.zip',
  environment,
  canary: { contract: billingCanary, bundle: 'dist/billing-canary.zip', environment },
  // Shared by both mappings: 2 for what waits in the queue, the rest for the stream's shards.
  function: { reservedConcurrency: 10 },
  mapping: { maximumConcurrency: 2 },
  breaker: {},
  ...{ account, region, alarmActions },
});
const source = new Stream(stack, 'stream', { streamName: 'meter-readings', alarmActions });
const fromStream = new StreamConsumer(stack, 'from-stream', {
  ...{ source, handler, consumerName: 'meter-readings', alarmActions },
  tiers: queue,
  switchedAtRunTime: true,
});
breaker?.stopsIntake(fromStream);
app.synth();
