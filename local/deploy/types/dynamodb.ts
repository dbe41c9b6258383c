import {
  type AttributeDefinition,
  type AttributeValue,
  CreateTableCommand,
  DeleteItemCommand,
  DeleteTableCommand,
  DynamoDBClient,
  type GlobalSecondaryIndex,
  PutItemCommand,
  UpdateContinuousBackupsCommand,
  UpdateTableCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import type { Configuration } from '../configuration';
import type { ResourceType, Target } from '../resource-type';

const keys = (configuration: Configuration): GlobalSecondaryIndex['KeySchema'] => {
  const range = configuration.get('range_key');
  return [
    { AttributeName: configuration.need('hash_key'), KeyType: 'HASH' },
    ...(range ? [{ AttributeName: range, KeyType: 'RANGE' as const }] : []),
  ];
};

const index = (configuration: Configuration): GlobalSecondaryIndex => ({
  IndexName: configuration.need('name'),
  KeySchema: keys(configuration),
  Projection: {
    ProjectionType: configuration.need<'ALL'>('projection_type'),
    NonKeyAttributes: configuration.get<string[]>('non_key_attributes'),
  },
});

function tableSettings(configuration: Configuration) {
  const streaming = configuration.get<boolean>('stream_enabled');
  const view = configuration.get<'NEW_IMAGE'>('stream_view_type');
  return {
    BillingMode: configuration.get<'PAY_PER_REQUEST'>('billing_mode'),
    DeletionProtectionEnabled: configuration.get<boolean>('deletion_protection_enabled'),
    TableClass: configuration.get<'STANDARD'>('table_class'),
    StreamSpecification: streaming ? { StreamEnabled: true, StreamViewType: view } : undefined,
  };
}

/** What DynamoDB takes in requests of their own. */
async function setRest(configuration: Configuration, TableName: string, target: Target): Promise<void> {
  const dynamodb = target.client(DynamoDBClient);
  // Encryption and which key it uses change nothing here.
  configuration.block('server_side_encryption')?.pascal('enabled', 'kms_key_arn');
  const recovery = configuration.block('point_in_time_recovery');
  if (recovery) {
    const PointInTimeRecoverySpecification = {
      PointInTimeRecoveryEnabled: recovery.need<boolean>('enabled'),
      ...recovery.pascal<object>('recovery_period_in_days'),
    };
    await dynamodb.send(new UpdateContinuousBackupsCommand({ TableName, PointInTimeRecoverySpecification }));
  }
  const expiry = configuration.block('ttl');
  if (expiry) {
    const TimeToLiveSpecification = {
      AttributeName: expiry.need('attribute_name'),
      Enabled: expiry.get<boolean>('enabled') ?? false,
    };
    await dynamodb.send(new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification }));
  }
}

const table: ResourceType = {
  // Indexes too: nothing here is worth the waiting that changing them one by one takes.
  identity: [
    'name',
    'hash_key',
    'range_key',
    'attribute',
    'global_secondary_index',
    'local_secondary_index',
    'ttl',
    'stream_enabled',
    'stream_view_type',
  ],
  async create(configuration, target) {
    const TableName = configuration.need('name');
    const indexes = configuration.blocks('global_secondary_index').map(index);
    const localIndexes = configuration.blocks('local_secondary_index').map((each) => ({
      ...index(each),
      KeySchema: [{ AttributeName: configuration.need('hash_key'), KeyType: 'HASH' as const }, ...keysOfLocal(each)],
    }));
    const { TableDescription } = await target.client(DynamoDBClient).send(
      new CreateTableCommand({
        TableName,
        KeySchema: keys(configuration),
        AttributeDefinitions: configuration
          .blocks('attribute')
          .map((each) => each.pascal<AttributeDefinition>('name>AttributeName', 'type>AttributeType')),
        GlobalSecondaryIndexes: indexes.length > 0 ? indexes : undefined,
        LocalSecondaryIndexes: localIndexes.length > 0 ? localIndexes : undefined,
        ...tableSettings(configuration),
      }),
    );
    await setRest(configuration, TableName, target);
    return {
      id: TableName,
      name: TableName,
      arn: TableDescription?.TableArn,
      hash_key: configuration.get('hash_key'),
      range_key: configuration.get('range_key'),
      stream_arn: TableDescription?.LatestStreamArn,
      stream_label: TableDescription?.LatestStreamLabel,
    };
  },
  async update(configuration, target, deployed) {
    for (const name of this.identity.filter((each) => each !== 'ttl')) configuration.get(name);
    const { StreamSpecification: _, ...settings } = tableSettings(configuration);
    await target
      .client(DynamoDBClient)
      .send(new UpdateTableCommand({ TableName: deployed.name as string, ...settings }));
    await setRest(configuration, deployed.name as string, target);
    return deployed;
  },
  async delete({ name }, target) {
    await target.client(DynamoDBClient).send(new DeleteTableCommand({ TableName: name as string }));
  },
};

const keysOfLocal = (configuration: Configuration) => [
  { AttributeName: configuration.need('range_key'), KeyType: 'RANGE' as const },
];

type Item = Record<string, AttributeValue>;
const itemOf = (configuration: Configuration): Item => JSON.parse(configuration.need<string>('item')) as Item;

const tableItem: ResourceType = {
  identity: ['table_name', 'hash_key', 'range_key'],
  async create(configuration, target) {
    const TableName = configuration.need<string>('table_name');
    const Item = itemOf(configuration);
    const names = [configuration.need<string>('hash_key'), configuration.get<string>('range_key')];
    const Key = Object.fromEntries(names.flatMap((name) => (name ? [[name, Item[name]]] : [])));
    await target.client(DynamoDBClient).send(new PutItemCommand({ TableName, Item }));
    return { id: JSON.stringify(Key), table_name: TableName, key: JSON.stringify(Key) };
  },
  async update(configuration, target, deployed) {
    const made = await this.create(configuration, target);
    if (made.key !== deployed.key) await this.delete(deployed, target);
    return made;
  },
  async delete({ table_name, key }, target) {
    const Key = JSON.parse(key as string) as Item;
    await target.client(DynamoDBClient).send(new DeleteItemCommand({ TableName: table_name as string, Key }));
  },
};

export const dynamodb: Record<string, ResourceType> = {
  aws_dynamodb_table: table,
  aws_dynamodb_table_item: tableItem,
};
