import type { Grantee } from '../lambda-function';
import { checkProps, kmsKeyArn, matching, type Rule, whole } from '../props';

/** A ledger as consumers see it: a `Ledger`, or an `ExistingLedger`. */
export interface ConsumerLedger {
  readonly tableName: string;
  /** Days that an entry is kept after it was closed. */
  readonly days: number;
  /** What a consumer does: begin, end, and look one up. */
  grantRecord(grantee: Grantee): void;
  /** What a desk does: look one up. */
  grantRead(grantee: Grantee): void;
}

export interface ExistingLedgerProps {
  /** ARN of the table: partition key `id`, a text; time to live by `expiresAt`. */
  readonly tableArn: string;
  /** Its name: 3 to 255 letters, digits, hyphens, underscores, dots. */
  readonly tableName: string;
  /** Days that an entry is kept after it was closed: 1 to 3,650. Default 400. */
  readonly days?: number;
  /** ARN of the KMS key that the table is encrypted with. Default: a key that AWS owns or manages. */
  readonly kmsKeyArn?: string;
}

const rules: readonly Rule<ExistingLedgerProps>[] = [
  matching(
    'tableArn',
    /^arn:aws[a-z-]*:dynamodb:[a-z0-9-]+:\d{12}:table\/[\w.-]{3,255}$/,
    'it takes the ARN of a DynamoDB table (arn:aws:dynamodb:…:table/…)',
  ),
  matching('tableName', /^[\w.-]{3,255}$/, 'DynamoDB takes 3 to 255 letters, digits, hyphens, underscores and dots'),
  whole('days', [1, 3650], { unit: 'days' }),
  kmsKeyArn,
];

/** A table that is there already, as the memory of consumers. Nothing of it is changed. */
export class ExistingLedger implements ConsumerLedger {
  readonly arn: string;
  readonly tableName: string;
  readonly days: number;
  private readonly kmsKeyArn: string | undefined;

  constructor(props: ExistingLedgerProps) {
    checkProps(`existing ledger ${props.tableName}`, props, rules, 'ExistingLedgerProps');
    this.arn = props.tableArn;
    this.tableName = props.tableName;
    this.days = props.days ?? 400;
    this.kmsKeyArn = props.kmsKeyArn;
  }

  grantRecord(grantee: Grantee): void {
    grantee.grant(['dynamodb:UpdateItem', 'dynamodb:GetItem'], [this.arn]);
    if (this.kmsKeyArn) grantee.grant(['kms:Decrypt', 'kms:GenerateDataKey'], [this.kmsKeyArn]);
  }

  grantRead(grantee: Grantee): void {
    grantee.grant(['dynamodb:GetItem'], [this.arn]);
    if (this.kmsKeyArn) grantee.grant(['kms:Decrypt'], [this.kmsKeyArn]);
  }
}
