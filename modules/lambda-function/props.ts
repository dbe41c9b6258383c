import type { EnvironmentOf, FunctionContract } from '../../functions/contract';
import type { Queue } from '../encrypted-queue';
import type { Rule } from '../props';

export interface LambdaFunctionProps<Contract extends FunctionContract = FunctionContract> {
  /** The function's contract; types `environment`, and names the function in logs and traces. */
  readonly contract: Contract;
  /**
   * Path of a zip archive with an `index.js` that exports `handler`, for Node.js 24 on arm64: a function of one's own (`bundleFunction` makes one).
   * Default: the archive of this package's function that the contract names.
   */
  readonly bundle?: string;
  /** Name on AWS, unique in account and region: 1 to 64 letters, digits, hyphens, underscores. */
  readonly functionName: string;
  /** What it is for, at most 256 characters; shown in the console. */
  readonly description: string;
  /** Environment variables by the contract; what is `undefined` is left out. Never a secret: pass a secret's ARN and grant reading it. */
  readonly environment: EnvironmentOf<Contract>;
  /** Seconds until Lambda ends an invocation: 1 to 900. Default 30. Source: Lambda quotas, "Function timeout". */
  readonly timeout?: number;
  /** MB of memory, which CPU goes along with: 128 to 10,240. Default 512. Source: Lambda quotas, "Memory". */
  readonly memorySize?: number;
  /**
   * Invocations at once, taken out of the account's pool (1,000 by default, of which 100 stay unreserved): 0 or more; 0 stops the function.
   * Default: none reserved.
   */
  readonly reservedConcurrency?: number;
  /** Days that logs are kept: one of the values that CloudWatch Logs takes. Default 365. */
  readonly logRetentionDays?: number;
  /** KMS key for logs and environment variables. Default: keys that AWS owns. */
  readonly kmsKeyArn?: string;
  /**
   * Where an asynchronous invocation goes that failed for good. For a function that is never called without waiting, leave it out; for one on a schedule, `invokeEvery` brings its
   * own, which repeats nothing.
   */
  readonly onFailure?: {
    readonly queue: Pick<Queue, 'arn' | 'kmsKeyArn'>;
    /** Seconds that an event may wait for a retry: 60 to 21,600. Default 3,600. */
    readonly maximumEventAge?: number;
    /** Retries by Lambda: 0 to 2. Default 2. */
    readonly maximumRetryAttempts?: number;
  };
  /** Subnets and security groups for a function that has to reach something private. Default: no VPC. */
  readonly vpc?: { readonly subnetIds: string[]; readonly securityGroupIds: string[] };
}

/** Source: CloudWatch Logs API, PutRetentionPolicy. */
const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
];

const whole = (value: number | undefined, least: number, most: number) =>
  value !== undefined && Number.isInteger(value) && value >= least && value <= most;

const required = ({ contract, environment }: LambdaFunctionProps) =>
  Object.keys(contract.environment).filter((name) => environment[name] === undefined);
const unknown = ({ contract, environment }: LambdaFunctionProps) =>
  Object.keys(environment).filter((name) => !(name in contract.environment || name in contract.optionalEnvironment));

export const rules: readonly Rule<LambdaFunctionProps>[] = [
  {
    // The types say so already where the variables are written out; what is spread from elsewhere they don't see.
    prop: 'environment',
    holds: (props) => unknown(props).length === 0,
    message: (props) =>
      `has ${unknown(props).join(', ')}; the contract of ${props.contract.name} knows ${Object.keys({ ...props.contract.environment, ...props.contract.optionalEnvironment }).join(', ')}`,
  },
  {
    prop: 'environment',
    holds: (props) => required(props).length === 0,
    message: (props) => `lacks ${required(props).join(', ')}, which the contract of ${props.contract.name} asks for`,
  },
  {
    prop: 'functionName',
    holds: ({ functionName }) => /^[A-Za-z0-9-_]{1,64}$/.test(functionName),
    message: ({ functionName }) =>
      `is "${functionName}" (${functionName.length} characters); Lambda takes 1 to 64 letters, digits, hyphens and underscores`,
  },
  {
    prop: 'timeout',
    holds: ({ timeout }) => whole(timeout, 1, 900),
    message: ({ timeout }) => `is ${timeout} s; Lambda takes whole seconds from 1 to 900`,
  },
  {
    prop: 'memorySize',
    holds: ({ memorySize }) => whole(memorySize, 128, 10_240),
    message: ({ memorySize }) => `is ${memorySize} MB; Lambda takes whole megabytes from 128 to 10,240`,
  },
  {
    prop: 'reservedConcurrency',
    holds: ({ reservedConcurrency }) => whole(reservedConcurrency, 0, Number.MAX_SAFE_INTEGER),
    message: ({ reservedConcurrency }) => `is ${reservedConcurrency}; it must be a whole number, 0 or more`,
  },
  {
    prop: 'logRetentionDays',
    holds: ({ logRetentionDays }) => RETENTION_DAYS.includes(logRetentionDays ?? 0),
    message: ({ logRetentionDays }) =>
      `is ${logRetentionDays} days; CloudWatch Logs takes ${RETENTION_DAYS.join(', ')}`,
  },
  {
    prop: 'onFailure',
    holds: ({ onFailure }) =>
      whole(onFailure?.maximumEventAge ?? 3600, 60, 21_600) && whole(onFailure?.maximumRetryAttempts ?? 2, 0, 2),
    message: ({ onFailure }) =>
      `has maximumEventAge ${onFailure?.maximumEventAge ?? 3600} s and maximumRetryAttempts ${onFailure?.maximumRetryAttempts ?? 2}; Lambda takes 60 to 21,600 s and 0 to 2`,
  },
];
