import { defineContract } from '../../runtime/contract';

export const deadLetterApi = defineContract({
  name: 'dead-letter-api',
  environment: {
    DESK_TABLE: "name of the desk's table",
    WORKER_FUNCTION: 'name of the worker, which is started when a release is begun or resumed',
  },
  optionalEnvironment: {
    KEEP_DAYS: 'days that a closed letter is kept; default 400',
    ROLE_CLAIM: 'claim of the token that holds viewer, operator or admin, alone or among others; default spillway_role',
    NAME_CLAIM: 'claim of the token that says who it is, for the audit; default sub',
  },
});
