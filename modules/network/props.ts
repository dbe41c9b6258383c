import { account, kmsKeyArn, matching, type Rule, region, retentionDays } from '../props';
import { parseBlock } from './cidr';

/** Services that functions in the VPC reach without leaving it. Each costs about $7 a month and zone (modules/broker/prices.json). */
export type InterfaceService = 'lambda' | 'sts' | 'secretsmanager' | 'sqs' | 'logs' | 'kms' | 'states' | 'xray';

export interface NetworkProps {
  /** Name of the VPC and prefix of what is in it: 1 to 40 lower-case letters, digits, hyphens. */
  readonly name: string;
  /** Whose zones these are. */
  readonly region: string;
  /** 12 digits; in the policy of the flow logs' role. */
  readonly account: string;
  /** IPv4 block of the VPC, /16 to /20. Blocks of regions that are peered must not overlap. Source: VPC guide, "VPC CIDR blocks" and "VPC peering limitations". */
  readonly cidrBlock: string;
  /** Two or three Availability Zones, for example `eu-central-1a`: a broker pair lives in the first two. */
  readonly zones: readonly string[];
  /** Interface endpoints for what functions in the VPC and Lambda's pollers call, in the first two zones, where brokers are. Default: none. */
  readonly interfaceServices?: readonly InterfaceService[];
  /** Gateway endpoints, which are free, for functions in the VPC that use these services. Default: none. */
  readonly gatewayServices?: readonly ('s3' | 'dynamodb')[];
  /** Days that flow logs are kept. Default 365. */
  readonly flowLogRetentionDays?: number;
  /** Key for the flow logs; its policy must let CloudWatch Logs use it. Default: a key that CloudWatch owns. */
  readonly kmsKeyArn?: string;
}

export const rules: readonly Rule<NetworkProps>[] = [
  matching('name', /^[a-z0-9-]{1,40}$/, 'it takes 1 to 40 lower-case letters, digits and hyphens'),
  region,
  account,
  {
    prop: 'cidrBlock',
    holds: ({ cidrBlock }) => {
      const block = parseBlock(cidrBlock);
      return block !== undefined && block.prefix >= 16 && block.prefix <= 20;
    },
    message: ({ cidrBlock }) =>
      `is "${cidrBlock}"; it takes the first address of an IPv4 block of /16 to /20, for example 10.20.0.0/16`,
  },
  {
    prop: 'zones',
    holds: ({ zones, region }) =>
      [2, 3].includes(new Set(zones).size) &&
      new Set(zones).size === zones.length &&
      zones.every((zone) => zone.startsWith(region)),
    message: ({ zones, region }) => `is ${zones.join(', ')}; it takes two or three different zones of ${region}`,
  },
  retentionDays('flowLogRetentionDays'),
  kmsKeyArn,
];
