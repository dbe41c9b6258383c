import type { LaneInfo, Welcome } from '../../web/wire';
import type { DeployedStack } from '../environment';

/** A lane of the shop: what its stack's Terraform outputs say. */
export interface Lane {
  readonly name: string;
  readonly apiUrl: string;
  readonly ordersQueueUrl: string;
  /** The tiers and the release; a lane without dead letters has none of them. */
  readonly parkedQueueUrl?: string;
  readonly repairQueueUrl?: string;
  readonly redriveFunction?: string;
  /** The function that pays for orders; a lane whose orders are taken by a saga has none. */
  readonly consumerFunction?: string;
  readonly sagaMachine?: string;
  readonly mappingUuid?: string;
  /** The dead-letter desk's API, where the lane has one. */
  readonly deskApiUrl?: string;
  readonly breaker?: { readonly tableName: string; readonly holdFunction: string };
}

/** The order in which the talk tells the story; lanes that it doesn't know come last. */
const STORY_ORDER = ['unprotected', 'protected', 'breaker', 'saga'];

export function lanesOf(stacks: Iterable<DeployedStack>): Lane[] {
  const place = ({ name }: Lane) => (STORY_ORDER.indexOf(name) + STORY_ORDER.length + 1) % (STORY_ORDER.length + 1);
  return [...stacks].flatMap(({ outputs }) => lane(outputs) ?? []).sort((a, b) => place(a) - place(b));
}

function lane(outputs: DeployedStack['outputs']): Lane | undefined {
  const { lane: name, api_url: apiUrl, orders_queue_url: ordersQueueUrl } = outputs;
  if (!name || !apiUrl || !ordersQueueUrl) return undefined;
  return {
    name,
    apiUrl: apiUrl.replace(/\/$/, ''),
    ordersQueueUrl,
    ...(outputs.parked_queue_url && { parkedQueueUrl: outputs.parked_queue_url }),
    ...(outputs.repair_queue_url && { repairQueueUrl: outputs.repair_queue_url }),
    ...(outputs.consumer_function_name && { consumerFunction: outputs.consumer_function_name }),
    ...(outputs.saga_state_machine_arn && { sagaMachine: outputs.saga_state_machine_arn }),
    ...(outputs.event_source_mapping_uuid && { mappingUuid: outputs.event_source_mapping_uuid }),
    ...(outputs.desk_api_url && { deskApiUrl: outputs.desk_api_url.replace(/\/$/, '') }),
    ...(outputs.breaker_table_name &&
      outputs.breaker_hold_function_name && {
        breaker: { tableName: outputs.breaker_table_name, holdFunction: outputs.breaker_hold_function_name },
      }),
    ...(outputs.redrive_function_name && { redriveFunction: outputs.redrive_function_name }),
  };
}

export function describe(lanes: readonly Lane[]): Pick<Welcome, 'lanes'> {
  const info = ({ name, redriveFunction, breaker, sagaMachine }: Lane): LaneInfo => ({
    name,
    redrive: redriveFunction !== undefined,
    breaker: breaker !== undefined,
    saga: sagaMachine !== undefined,
  });
  return { lanes: lanes.map(info) };
}
