// `npm run terraform-modules`: writes the modules that plain Terraform can call into dist/terraform/.
import { join } from 'node:path';
import { circuitBreaker } from './circuit-breaker';
import type { TerraformModule } from './definition';
import { encryptionKey, ledger, stream } from './foundations';
import { protectedConsumer } from './protected-consumer';
import { tieredQueue } from './tiered-queue';
import { writeModule } from './write';

export const MODULES: readonly TerraformModule[] = [
  tieredQueue,
  protectedConsumer,
  circuitBreaker,
  ledger,
  stream,
  encryptionKey,
];

if (require.main === module) {
  const directory = join(__dirname, '..', '..', 'dist', 'terraform');
  for (const each of MODULES) {
    writeModule(each, join(directory, each.name));
    console.log(join('dist', 'terraform', each.name));
  }
}
