// `npm run terraform-modules`: writes the modules that plain Terraform can call into dist/terraform/.
import { join } from 'node:path';
import { circuitBreaker } from './circuit-breaker';
import { consumer } from './consumer';
import { deadLetterDesk, deadLetterDeskQueue } from './dead-letter-desk';
import type { TerraformModule } from './definition';
import { eventBus, eventRule } from './event-bus';
import { encryptionKey, ledger, stream } from './foundations';
import { httpIntake } from './http-intake';
import { protectedConsumer } from './protected-consumer';
import { redrive } from './redrive';
import { kafkaConsumer, streamConsumer } from './streams';
import { tieredQueue } from './tiered-queue';
import { alarmTopic, topic, topicSubscription } from './topic';
import { writeModule } from './write';

export const MODULES: readonly TerraformModule[] = [
  tieredQueue,
  protectedConsumer,
  consumer,
  redrive,
  circuitBreaker,
  deadLetterDesk,
  deadLetterDeskQueue,
  httpIntake,
  topic,
  topicSubscription,
  eventBus,
  eventRule,
  stream,
  streamConsumer,
  kafkaConsumer,
  ledger,
  alarmTopic,
  encryptionKey,
];

if (require.main === module) {
  const directory = join(__dirname, '..', '..', 'dist', 'terraform');
  for (const each of MODULES) {
    writeModule(each, join(directory, each.name));
    console.log(join('dist', 'terraform', each.name));
  }
}
