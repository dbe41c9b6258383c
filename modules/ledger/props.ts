import { kmsKeyArn, matching, type Rule, whole } from '../props';

/** An index over attributes that a consumer's `keep` writes. */
export interface LedgerIndex {
  /** 3 to 255 letters, digits, hyphens, underscores, dots. */
  readonly name: string;
  /** Attribute that entries are found by, a text. Spread it: DynamoDB takes about 1,000 writes a second for one value. Source: DynamoDB guide, "Designing partition keys". */
  readonly hashKey: string;
  /** Attribute that they are ordered by, a text. */
  readonly rangeKey: string;
}

export interface LedgerProps {
  /** 3 to 255 letters, digits, hyphens, underscores, dots. Source: DynamoDB, "Naming rules". */
  readonly tableName: string;
  /** Days that an entry is kept after it was closed: 1 to 3,650. As long as any copy of a message can live, or a late duplicate is worked on again. Default 400. */
  readonly days?: number;
  /** Indexes over what consumers keep. Default: none; a message is found by its id. */
  readonly indexes?: readonly LedgerIndex[];
  /** Terraform and the console refuse to delete the table. Default true; false only where data may go. */
  readonly deletionProtection?: boolean;
  /** KMS key of one's own. Default: the AWS managed key `aws/dynamodb`. */
  readonly kmsKeyArn?: string;
}

export const rules: readonly Rule<LedgerProps>[] = [
  matching(
    'tableName',
    /^[A-Za-z0-9_.-]{3,255}$/,
    'DynamoDB takes 3 to 255 letters, digits, hyphens, underscores and dots',
  ),
  whole('days', [1, 3650], { unit: 'days' }),
  kmsKeyArn,
];
