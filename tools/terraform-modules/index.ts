// `npm run terraform-modules`: writes the modules that plain Terraform can call into dist/terraform/. `npm run pack:terraform` packs them as well.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { version } from '../../package.json';
import { archiveOf, writeAll } from './archive';
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
  writeAll(MODULES, directory);
  console.log(join('dist', 'terraform'));
  if (process.argv.includes('--archive')) {
    const archive = `spillway-terraform-${version}.zip`;
    writeFileSync(join(directory, '..', archive), archiveOf(directory));
    console.log(join('dist', archive));
  }
}
