/** Type → the attributes whose change makes another resource of it: what a resource of these types holds is gone with it. Source: the AWS provider's documentation, "Forces new resource". */
const STATEFUL: Readonly<Record<string, readonly string[]>> = {
  aws_cloudwatch_event_archive: ['name', 'event_source_arn'],
  aws_cloudwatch_event_bus: ['name'],
  aws_cloudwatch_log_group: ['name'],
  aws_dynamodb_table: ['name', 'hash_key', 'range_key'],
  aws_efs_file_system: ['creation_token', 'encrypted', 'kms_key_id'],
  aws_kinesis_stream: ['name'],
  aws_kms_key: ['customer_master_key_spec', 'key_usage', 'multi_region'],
  // Its position in a stream is lost with it.
  aws_lambda_event_source_mapping: ['event_source_arn', 'starting_position'],
  aws_mq_broker: [
    ...['broker_name', 'deployment_mode', 'encryption_options', 'engine_type', 'publicly_accessible', 'storage_type'],
    'subnet_ids',
  ],
  aws_msk_cluster: ['cluster_name', 'encryption_info'],
  aws_msk_serverless_cluster: ['cluster_name', 'vpc_config'],
  aws_s3_bucket: ['bucket'],
  aws_secretsmanager_secret: ['name'],
  aws_sfn_state_machine: ['name', 'type'],
  aws_sns_topic: ['name', 'fifo_topic'],
  aws_sqs_queue: ['name', 'fifo_queue'],
};

type Attributes = Readonly<Record<string, unknown>>;

/** Terraform's JSON of a stack, as far as it is looked at. */
export interface Stack {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Attributes>>>>;
  readonly moved?: readonly { readonly from: string; readonly to: string }[];
}

/** Address → the attributes that make it this resource and no other. */
export type Held = Readonly<Record<string, Attributes>>;

export function heldBy({ resource = {} }: Stack): Held {
  const held = Object.entries(STATEFUL).flatMap(([type, attributes]) =>
    Object.entries(resource[type] ?? {}).map(([id, is]): [string, Attributes] => [
      `${type}.${id}`,
      Object.fromEntries(attributes.filter((name) => is[name] !== undefined).map((name) => [name, is[name]])),
    ]),
  );
  return Object.fromEntries(held.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** What an upgrade takes away: resources that are destroyed, and those that are replaced by empty ones. */
export function lostBetween(released: Held, stack: Stack): string[] {
  const now = heldBy(stack);
  const moved = new Map((stack.moved ?? []).map(({ from, to }) => [from, to]));
  return Object.entries(released).flatMap(([address, was]) => {
    const is = now[moved.get(address) ?? address];
    if (!is) return [`${address} is destroyed`];
    const names = [...new Set([...Object.keys(was), ...Object.keys(is)])];
    const changed = names.filter((name) => JSON.stringify(was[name]) !== JSON.stringify(is[name]));
    return changed.map(
      (name) => `${address} is replaced: ${name} was ${JSON.stringify(was[name])}, is ${JSON.stringify(is[name])}`,
    );
  });
}
