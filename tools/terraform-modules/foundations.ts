import { DataAwsCallerIdentity } from '@cdktf/provider-aws/lib/data-aws-caller-identity';
import { DataAwsRegion } from '@cdktf/provider-aws/lib/data-aws-region';
import { EncryptionKey } from '../../modules/encryption-key';
import { Ledger } from '../../modules/ledger';
import { rules as ledgerRules } from '../../modules/ledger/props';
import { Stream } from '../../modules/stream';
import { rules as streamRules } from '../../modules/stream/props';
import { alarmVariables, allowedBy, keyVariable, policyOf, type TerraformModule } from './definition';

export const ledger: TerraformModule = {
  name: 'ledger',
  what: 'The memory of consumers: what was begun and what is done, by business id, so that a duplicate is not worked on. A DynamoDB table with time to live, point-in-time recovery and protection against deletion.',
  variables: {
    name: {
      type: 'string',
      description: 'Name of the table: 3 to 255 letters, digits, hyphens, underscores, dots.',
      allowed: allowedBy(ledgerRules, 'tableName'),
    },
    deletion_protection: {
      type: 'bool',
      description: 'Terraform and the console refuse to delete the table.',
      default: true,
    },
    ...keyVariable,
  },
  build: (stack, values) => {
    const table = new Ledger(stack, 'ledger', {
      tableName: values.text('name'),
      deletionProtection: values.flag('deletion_protection'),
      kmsKeyArn: values.kmsKeyArn,
    });
    return {
      table_name: { value: table.tableName, description: "The table's name." },
      table_arn: { value: table.arn, description: "The table's ARN." },
      record_policy: {
        value: policyOf((grantee) => table.grantRecord(grantee)),
        description: 'Policy document (JSON) for a consumer.',
      },
    };
  },
  example: `module "receipts_ledger" {
  source = "./ledger"

  name = "receipts-ledger"
}`,
  exampleSurroundings: `output "table" {
  value = module.receipts_ledger.table_name
}`,
};

export const encryptionKey: TerraformModule = {
  name: 'encryption-key',
  what: 'One key of a region for its queues, tables, logs and topics, rotated every year, with a policy that lets CloudWatch, its logs, SNS and EventBridge use it.',
  variables: {
    name: {
      type: 'string',
      description: 'The alias is alias/NAME: 1 to 250 letters, digits, hyphens, underscores, slashes.',
      allowed: { pattern: /^[A-Za-z0-9_-][A-Za-z0-9/_-]{0,249}$/ },
    },
    deletion_window_days: {
      type: 'number',
      description: 'Days between a deletion and its end, 7 to 30.',
      default: 30,
      allowed: { least: 7, most: 30 },
    },
  },
  build: (stack, values) => {
    const key = new EncryptionKey(stack, 'key', {
      keyName: values.text('name'),
      account: new DataAwsCallerIdentity(stack, 'current').accountId,
      region: new DataAwsRegion(stack, 'here').id,
      deliveries: ['sns', 'events'],
      deletionWindowDays: values.number('deletion_window_days'),
    });
    return { key_arn: { value: key.arn, description: "The key's ARN." } };
  },
  example: `module "key" {
  source = "./encryption-key"

  name = "receipts"
}`,
  exampleSurroundings: `output "key_arn" {
  value = module.key.key_arn
}`,
};

export const stream: TerraformModule = {
  name: 'stream',
  what: 'A Kinesis stream on demand, encrypted, that rings when it refuses records.',
  variables: {
    name: {
      type: 'string',
      description: 'Name of the stream: 1 to 128 letters, digits and . _ -.',
      allowed: allowedBy(streamRules, 'streamName'),
    },
    retention_hours: {
      type: 'number',
      description: 'Hours that records are kept, 24 to 8,760.',
      default: 168,
      allowed: allowedBy(streamRules, 'retentionHours'),
    },
    ...alarmVariables,
    ...keyVariable,
  },
  build: (stack, values) => {
    const made = new Stream(stack, 'stream', {
      streamName: values.text('name'),
      retentionHours: values.number('retention_hours'),
      alarmActions: values.list('alarm_actions'),
      kmsKeyArn: values.kmsKeyArn,
    });
    return {
      stream_name: { value: made.streamName, description: "The stream's name." },
      stream_arn: { value: made.arn, description: "The stream's ARN." },
      put_policy: {
        value: policyOf((grantee) => made.grantPut(grantee)),
        description: 'Policy document (JSON) for who puts records.',
      },
      read_policy: {
        value: policyOf((grantee) => made.grantRead(grantee)),
        description: 'Policy document (JSON) for who reads records.',
      },
    };
  },
  example: `module "clicks" {
  source = "./stream"

  name = "clicks"
}`,
  exampleSurroundings: `output "stream" {
  value = module.clicks.stream_arn
}`,
};
