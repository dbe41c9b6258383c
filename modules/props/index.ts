export { checkProps, isKnown, PropsError, type Rule } from './props';
export {
  type Allowed,
  account,
  isUrl,
  isWhole,
  kmsKeyArn,
  logRetentionDays,
  matching,
  region,
  retentionDays,
  type ValueRule,
  whole,
} from './rules';
