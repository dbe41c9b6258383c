import type { EnvironmentOf, FunctionContract } from '../../functions/runtime/contract';
import type { ExistingRole } from '../defaults';
import type { Queue } from '../encrypted-queue';
import { isWhole, kmsKeyArn, logRetentionDays, matching, type Rule, whole } from '../props';

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
   * Where an asynchronous invocation goes that failed for good. Default: nowhere, for a function that is never called without waiting; for one on a schedule, `invokeEvery` brings its
   * own, which repeats nothing.
   */
  readonly onFailure?: {
    /** A standard queue. Source: Lambda guide, "Capturing records of Lambda asynchronous invocations". */
    readonly queue: Pick<Queue, 'arn' | 'kmsKeyArn'>;
    /** Seconds that an event may wait for a retry: 60 to 21,600. Default 3,600. */
    readonly maximumEventAge?: number;
    /** Retries by Lambda: 0 to 2. Default 2. */
    readonly maximumRetryAttempts?: number;
  };
  /** A role that is there already, for accounts in which modules may make none; `policyDocument` says what it has to allow. Default: a role of its own that may do exactly what it was granted. */
  readonly role?: ExistingRole;
  /** A log group that is there already; its retention and key are its owner's. Default: `/aws/lambda/<functionName>`, made. */
  readonly logGroup?: { readonly name: string; readonly arn: string };
  /** Subnets and security groups for a function that has to reach something private. Default: no VPC. */
  readonly vpc?: { readonly subnetIds: string[]; readonly securityGroupIds: string[] };
}

/** Source: Lambda API, CreateFunction. */
export const FUNCTION_NAME = /^[A-Za-z0-9_-]{1,64}$/;

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
  matching('functionName', FUNCTION_NAME, 'Lambda takes 1 to 64 letters, digits, hyphens and underscores'),
  {
    prop: 'description',
    holds: ({ description }) => description.length <= 256,
    message: ({ description }) => `has ${description.length} characters; Lambda takes at most 256`,
  },
  whole('timeout', [1, 900], { unit: 's', by: 'Lambda' }),
  whole('memorySize', [128, 10_240], { unit: 'MB', by: 'Lambda' }),
  whole('reservedConcurrency', [0, Number.POSITIVE_INFINITY]),
  logRetentionDays,
  kmsKeyArn,
  {
    prop: 'onFailure',
    holds: ({ onFailure }) =>
      isWhole(onFailure?.maximumEventAge ?? 3600, 60, 21_600) && isWhole(onFailure?.maximumRetryAttempts ?? 2, 0, 2),
    message: ({ onFailure }) =>
      `has maximumEventAge ${onFailure?.maximumEventAge ?? 3600} s and maximumRetryAttempts ${onFailure?.maximumRetryAttempts ?? 2}; Lambda takes 60 to 21,600 s and 0 to 2`,
  },
];
