export { checkProps, isKnown, PropsError, type Rule } from './props';
export {
  type Allowed,
  account,
  isUrl,
  isWhole,
  KMS_KEY_ARN,
  kmsKeyArn,
  logRetentionDays,
  matching,
  region,
  retentionDays,
  type ValueRule,
  whole,
} from './rules';
