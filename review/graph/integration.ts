import type { Resource } from '../plan/model';
import { isAbsent } from '../plan/values';
import { read, type Side } from './side';

/** Where an integration of an HTTP API says what it hands a request to, by the service that it calls. */
const INTEGRATED = [
  'request_parameters.QueueUrl',
  'request_parameters.StreamName',
  'request_parameters.StateMachineArn',
  'request_parameters.EventBusName',
  'integration_uri',
] as const;

export const integratedAt = (integration: Resource, side: Side): (typeof INTEGRATED)[number] | undefined =>
  INTEGRATED.find((path) => !isAbsent(read(integration, side, path)));
