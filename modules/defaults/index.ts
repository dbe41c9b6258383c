export {
  type AlarmActions,
  type Defaults,
  defaultsOf,
  type ExistingRole,
  named,
  type RoleDefaults,
  type Runbooks,
  setDefaults,
  withDefaults,
} from './defaults';
