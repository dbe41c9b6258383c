import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { Construct } from 'constructs';
import { LEDGER_PROBE_KEY } from '../../functions/runtime/contract';
import { withDefaults } from '../defaults';
import type { Grantee } from '../lambda-function';
import { checkProps } from '../props';
import { acceptFinding } from '../scan';
import type { ConsumerLedger } from './existing-ledger';
import { type LedgerProps, rules } from './props';

/** The memory of consumers: what was begun and what is done, by business id, so that a duplicate is not worked on and a message is found wherever it lies. */
export class Ledger extends Construct implements ConsumerLedger {
  readonly arn: string;
  readonly tableName: string;
  /** Days that an entry is kept after it was closed. */
  readonly days: number;
  private readonly kmsKeyArn: string | undefined;
  private readonly indexArns: readonly string[];

  constructor(scope: Construct, id: string, given: LedgerProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'tableName');
    checkProps(this.node.path, props, rules, 'LedgerProps', given);
    const { indexes = [] } = props;
    const attributes = ['id', ...indexes.flatMap(({ hashKey, rangeKey }) => [hashKey, rangeKey])];
    const table = new DynamodbTable(this, 'table', {
      name: props.tableName,
      billingMode: 'PAY_PER_REQUEST',
      hashKey: 'id',
      attribute: [...new Set(attributes)].map((name) => ({ name, type: 'S' })),
      globalSecondaryIndex:
        indexes.length > 0 ? indexes.map((index) => ({ ...index, projectionType: 'ALL' })) : undefined,
      // Entries that carry `expiresAt` (seconds since 1970) go then; what is at work carries the one of its last close, if any.
      ttl: { enabled: true, attributeName: 'expiresAt' },
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn: props.kmsKeyArn },
      deletionProtectionEnabled: props.deletionProtection ?? true,
    });
    if (!props.kmsKeyArn) {
      acceptFinding(
        table,
        'CKV_AWS_119',
        'Encrypted with the key that AWS manages for DynamoDB; pass kmsKeyArn for one of your own.',
      );
    }
    this.arn = table.arn;
    this.tableName = table.name;
    this.days = props.days ?? 400;
    this.kmsKeyArn = props.kmsKeyArn;
    this.indexArns = indexes.map(({ name }) => `${table.arn}/index/${name}`);
  }

  /** What a consumer does: begin, end, and look one up. */
  grantRecord(grantee: Grantee): void {
    grantee.grant(['dynamodb:UpdateItem', 'dynamodb:GetItem'], [this.arn]);
    this.grantKey(grantee);
  }

  /** Finding messages by their id, and through the indexes. */
  grantRead(grantee: Grantee): void {
    grantee.grant(['dynamodb:GetItem', 'dynamodb:Query'], [this.arn, ...this.indexArns]);
    this.grantKey(grantee);
  }

  /** Finding out whether entries can be written, by an item that is none. */
  grantProbe(grantee: Grantee): void {
    grantee.grant(['dynamodb:UpdateItem'], [this.arn], {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': LEDGER_PROBE_KEY },
    });
    this.grantKey(grantee);
  }

  /** Adding to an entry what a consumer doesn't: attributes of one's own. */
  grantAdd(grantee: Grantee): void {
    grantee.grant(['dynamodb:UpdateItem'], [this.arn]);
    this.grantKey(grantee);
  }

  private grantKey(grantee: Grantee): void {
    if (this.kmsKeyArn) grantee.grant(['kms:Decrypt', 'kms:GenerateDataKey'], [this.kmsKeyArn]);
  }
}
