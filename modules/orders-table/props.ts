import { kmsKeyArn, matching, type Rule } from '../props';

export interface OrdersTableProps {
  /** 3 to 255 letters, digits, hyphens, underscores, dots. Source: DynamoDB, "Naming rules". */
  readonly tableName: string;
  /** Terraform and the console refuse to delete the table. Default true; false only where data may go. */
  readonly deletionProtection?: boolean;
  /** KMS key of one's own. Default: the AWS managed key `aws/dynamodb`. */
  readonly kmsKeyArn?: string;
}

export const rules: readonly Rule<OrdersTableProps>[] = [
  matching(
    'tableName',
    /^[A-Za-z0-9_.-]{3,255}$/,
    'DynamoDB takes 3 to 255 letters, digits, hyphens, underscores and dots',
  ),
  kmsKeyArn,
];
