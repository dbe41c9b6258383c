import { Configuration } from '../../local/deploy/configuration';
import { Deployer } from '../../local/deploy/deployer';
import { parseStack } from '../../local/deploy/synthesized';

describe('a configuration knows what nobody read of it', () => {
  test('attributes and those of nested blocks, by their path; null is as good as not there', () => {
    const configuration = new Configuration({
      name: 'orders',
      delay_seconds: 5,
      policy: null,
      scaling_config: { maximum_concurrency: 2, mode: 'x' },
      unknown_block: { a: 1 },
    });
    configuration.need('name');
    configuration.block('scaling_config')?.get('maximum_concurrency');
    expect(configuration.unread()).toEqual(['delay_seconds', 'unknown_block', 'scaling_config.mode']);
  });

  test('what is needed and missing is named with its path', () => {
    const configuration = new Configuration({ target: [{ id: 'a' }] });
    expect(() => configuration.block('target')?.need('arn')).toThrow('target.arn is missing');
  });

  test('names are spelled as requests have them', () => {
    const configuration = new Configuration({ batch_size: 10, kms_key_arn: 'k', enabled: false });
    expect(configuration.pascal('batch_size', 'kms_key_arn>KMSKeyArn', 'enabled', 'absent')).toEqual({
      BatchSize: 10,
      KMSKeyArn: 'k',
      Enabled: false,
    });
  });
});

test('resource types that nobody knows are all named, before anything is deployed', async () => {
  // Nobody listens at this address: an attempt to deploy the queue would fail with another message.
  const deployer = new Deployer('http://127.0.0.1:1', {});
  const resource = { aws_sqs_queue: { orders: {} }, aws_rds_cluster: { books: {} }, aws_eip: { door: {} } };
  const stacks = [parseStack('local-shop', '.', { resource })];
  await expect(deployer.deploy(stacks)).rejects.toThrow(
    "doesn't know the type of these resources, so nothing was deployed:\n  local-shop: aws_rds_cluster.books\n  local-shop: aws_eip.door",
  );
  deployer.close();
});
