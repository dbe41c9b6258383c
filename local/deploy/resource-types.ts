import type { ResourceType } from './resource-type';
import { cloudwatch } from './types/cloudwatch';
import { dynamodb } from './types/dynamodb';
import { events } from './types/events';
import { httpApi } from './types/http-api';
import { iam } from './types/iam';
import { kinesis } from './types/kinesis';
import { kms } from './types/kms';
import { lambda } from './types/lambda';
import { mq } from './types/mq';
import { network } from './types/network';
import { pipes } from './types/pipes';
import { scheduler } from './types/scheduler';
import { secretsManager } from './types/secrets-manager';
import { sns } from './types/sns';
import { sqs } from './types/sqs';
import { stepFunctions } from './types/step-functions';

/** Terraform resource type → how it is deployed. What isn't here is refused by name. */
export const RESOURCE_TYPES: Readonly<Record<string, ResourceType>> = {
  ...cloudwatch,
  ...dynamodb,
  ...events,
  ...httpApi,
  ...iam,
  ...kinesis,
  ...kms,
  ...lambda,
  ...mq,
  ...network,
  ...pipes,
  ...scheduler,
  ...secretsManager,
  ...sns,
  ...sqs,
  ...stepFunctions,
};
