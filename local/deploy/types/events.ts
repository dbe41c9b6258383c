import {
  CreateArchiveCommand,
  CreateEventBusCommand,
  DeleteArchiveCommand,
  DeleteEventBusCommand,
  DeleteRuleCommand,
  EventBridgeClient,
  PutPermissionCommand,
  PutRuleCommand,
  type PutRuleCommandInput,
  PutTargetsCommand,
  RemovePermissionCommand,
  RemoveTargetsCommand,
  type Target as RuleTarget,
  UpdateArchiveCommand,
} from '@aws-sdk/client-eventbridge';
import type { Configuration } from '../configuration';
import { put, type ResourceType } from '../resource-type';

const bus: ResourceType = {
  identity: ['name', 'event_source_name', 'kms_key_identifier', 'dead_letter_config', 'description'],
  async create(configuration, target) {
    const Name = configuration.need('name');
    const { EventBusArn } = await target.client(EventBridgeClient).send(
      new CreateEventBusCommand({
        Name,
        ...configuration.pascal<object>('event_source_name', 'kms_key_identifier', 'description'),
        DeadLetterConfig: configuration.block('dead_letter_config')?.pascal('arn'),
      }),
    );
    return { id: Name, name: Name, arn: EventBusArn };
  },
  async delete({ name }, target) {
    await target.client(EventBridgeClient).send(new DeleteEventBusCommand({ Name: name as string }));
  },
};

const busPolicy = put(
  ['event_bus_name'],
  async (configuration, target) => {
    const EventBusName = configuration.need('event_bus_name');
    const Policy = configuration.need('policy');
    await target.client(EventBridgeClient).send(new PutPermissionCommand({ EventBusName, Policy }));
    return { id: EventBusName, event_bus_name: EventBusName };
  },
  async ({ event_bus_name }, target) => {
    const all = { EventBusName: event_bus_name as string, RemoveAllPermissions: true };
    await target.client(EventBridgeClient).send(new RemovePermissionCommand(all));
  },
);

const rule = put(
  ['name', 'event_bus_name'],
  async (configuration, target) => {
    const input = configuration.pascal<PutRuleCommandInput>(
      'name', 'event_bus_name', 'event_pattern', 'schedule_expression', 'description', 'state', 'role_arn',
    ); // biome-ignore format: a list
    const { RuleArn } = await target.client(EventBridgeClient).send(new PutRuleCommand(input));
    const { Name, EventBusName } = input;
    return { id: Name, name: Name, arn: RuleArn, event_bus_name: EventBusName };
  },
  async ({ name, event_bus_name }, target) => {
    const found = { Name: name as string, EventBusName: event_bus_name as string | undefined };
    await target.client(EventBridgeClient).send(new DeleteRuleCommand(found));
  },
);

function ruleTarget(configuration: Configuration, id: string): RuleTarget {
  const transformer = configuration.block('input_transformer');
  return {
    Id: id,
    Arn: configuration.need('arn'),
    ...configuration.pascal<object>('role_arn', 'input', 'input_path'),
    InputTransformer: transformer && {
      InputPathsMap: transformer.get<Record<string, string>>('input_paths'),
      InputTemplate: transformer.need('input_template'),
    },
    DeadLetterConfig: configuration.block('dead_letter_config')?.pascal('arn'),
    RetryPolicy: configuration.block('retry_policy')?.pascal('maximum_event_age_in_seconds', 'maximum_retry_attempts'),
    SqsParameters: configuration.block('sqs_target')?.pascal('message_group_id'),
  };
}

const ruleTargetType = put(
  ['rule', 'event_bus_name', 'target_id', 'arn'],
  async (configuration, target) => {
    const Rule = configuration.need('rule');
    const EventBusName = configuration.get('event_bus_name');
    const id = configuration.get('target_id') ?? 'target';
    const { FailedEntries } = await target
      .client(EventBridgeClient)
      .send(new PutTargetsCommand({ Rule, EventBusName, Targets: [ruleTarget(configuration, id)] }));
    if (FailedEntries?.[0]) throw new Error(`${FailedEntries[0].ErrorCode}: ${FailedEntries[0].ErrorMessage}`);
    return { id: `${Rule}-${id}`, rule: Rule, event_bus_name: EventBusName, target_id: id };
  },
  async ({ rule, event_bus_name, target_id }, target) => {
    const found = {
      Rule: rule as string,
      EventBusName: event_bus_name as string | undefined,
      Ids: [target_id as string],
    };
    await target.client(EventBridgeClient).send(new RemoveTargetsCommand(found));
  },
);

const archive: ResourceType = {
  identity: ['name', 'event_source_arn'],
  async create(configuration, target) {
    const ArchiveName = configuration.need('name');
    const { ArchiveArn } = await target.client(EventBridgeClient).send(
      new CreateArchiveCommand({
        ArchiveName,
        EventSourceArn: configuration.need('event_source_arn'),
        ...configuration.pascal<object>('description', 'event_pattern', 'retention_days', 'kms_key_identifier'),
      }),
    );
    return { id: ArchiveName, name: ArchiveName, arn: ArchiveArn };
  },
  async update(configuration, target, deployed) {
    for (const name of this.identity) configuration.get(name);
    const changed = configuration.pascal<object>(
      'description',
      'event_pattern',
      'retention_days',
      'kms_key_identifier',
    );
    const input = { ArchiveName: deployed.name as string, ...changed };
    await target.client(EventBridgeClient).send(new UpdateArchiveCommand(input));
    return deployed;
  },
  async delete({ name }, target) {
    await target.client(EventBridgeClient).send(new DeleteArchiveCommand({ ArchiveName: name as string }));
  },
};

export const events: Record<string, ResourceType> = {
  aws_cloudwatch_event_bus: bus,
  aws_cloudwatch_event_bus_policy: busPolicy,
  aws_cloudwatch_event_rule: rule,
  aws_cloudwatch_event_target: ruleTargetType,
  aws_cloudwatch_event_archive: archive,
};
