import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { Construct } from 'constructs';
import { PROBE_ID } from '../../functions/shop/orders/contract';
import type { Grantee } from '../lambda-function';
import { checkProps } from '../props';
import { acceptFinding } from '../scan';
import { type OrdersTableProps, rules } from './props';

/**
 * The shop's books: one item an order, with its status, its deliveries over all rounds and when it was first seen. Finding an order by its id needs the
 * key alone; the history is read through the index `by-day`, newest first.
 */
export class OrdersTable extends Construct {
  readonly arn: string;
  readonly tableName: string;
  private readonly kmsKeyArn: string | undefined;

  constructor(scope: Construct, id: string, props: OrdersTableProps) {
    super(scope, id);
    checkProps(this.node.path, props, rules);
    const table = new DynamodbTable(this, 'table', {
      name: props.tableName,
      billingMode: 'PAY_PER_REQUEST',
      hashKey: 'orderId',
      attribute: [
        { name: 'orderId', type: 'S' },
        { name: 'day', type: 'S' },
        { name: 'firstSeen', type: 'S' },
      ],
      globalSecondaryIndex: [{ name: 'by-day', hashKey: 'day', rangeKey: 'firstSeen', projectionType: 'ALL' }],
      // Items that carry `expiresAt` (seconds since 1970) go then; orders that are not finished carry none.
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
    this.kmsKeyArn = props.kmsKeyArn;
  }

  /** Reading one order, and the history. */
  grantRead(grantee: Grantee): void {
    grantee.grant(['dynamodb:GetItem', 'dynamodb:Query'], [this.arn, `${this.arn}/index/by-day`]);
    this.grantKey(grantee);
  }

  /** Recording what happens to an order. */
  grantRecord(grantee: Grantee): void {
    grantee.grant(['dynamodb:UpdateItem'], [this.arn]);
    this.grantKey(grantee);
  }

  /** Finding out whether orders can be recorded, by an item that is none. */
  grantProbe(grantee: Grantee): void {
    grantee.grant(['dynamodb:UpdateItem'], [this.arn], {
      'ForAllValues:StringEquals': { 'dynamodb:LeadingKeys': PROBE_ID },
    });
    this.grantKey(grantee);
  }

  private grantKey(grantee: Grantee): void {
    if (this.kmsKeyArn) grantee.grant(['kms:Decrypt', 'kms:GenerateDataKey'], [this.kmsKeyArn]);
  }
}
