import {
  CreateScheduleCommand,
  type CreateScheduleCommandInput,
  CreateScheduleGroupCommand,
  DeleteScheduleCommand,
  DeleteScheduleGroupCommand,
  SchedulerClient,
  UpdateScheduleCommand,
} from '@aws-sdk/client-scheduler';
import type { Configuration } from '../configuration';
import type { ResourceType } from '../resource-type';

const group: ResourceType = {
  identity: [],
  async create(configuration, target) {
    const Name = configuration.need('name');
    const { ScheduleGroupArn } = await target.client(SchedulerClient).send(new CreateScheduleGroupCommand({ Name }));
    return { id: Name, name: Name, arn: ScheduleGroupArn };
  },
  async delete({ name }, target) {
    await target.client(SchedulerClient).send(new DeleteScheduleGroupCommand({ Name: name as string }));
  },
};

/** Terraform writes times as Scheduler takes them, without milliseconds. */
const time = (configuration: Configuration, name: string) => {
  const given = configuration.get(name);
  return given === undefined ? undefined : new Date(given);
};

function scheduleSettings(configuration: Configuration): CreateScheduleCommandInput {
  const goal = configuration.block('target');
  if (!goal) throw new Error('target is missing');
  return {
    Name: configuration.need('name'),
    ScheduleExpression: configuration.need('schedule_expression'),
    ...configuration.pascal<object>(
      'group_name', 'description', 'schedule_expression_timezone', 'state', 'kms_key_arn', 'action_after_completion',
    ), // biome-ignore format: a list
    StartDate: time(configuration, 'start_date'),
    EndDate: time(configuration, 'end_date'),
    FlexibleTimeWindow: configuration.block('flexible_time_window')?.pascal('mode', 'maximum_window_in_minutes'),
    Target: {
      Arn: goal.need('arn'),
      RoleArn: goal.need('role_arn'),
      Input: goal.get('input'),
      RetryPolicy: goal.block('retry_policy')?.pascal('maximum_event_age_in_seconds', 'maximum_retry_attempts'),
      DeadLetterConfig: goal.block('dead_letter_config')?.pascal('arn'),
      SqsParameters: goal.block('sqs_parameters')?.pascal('message_group_id'),
      EventBridgeParameters: goal.block('eventbridge_parameters')?.pascal('detail_type', 'source'),
    },
  };
}

const schedule: ResourceType = {
  identity: ['name', 'group_name'],
  async create(configuration, target) {
    const input = scheduleSettings(configuration);
    const { ScheduleArn } = await target.client(SchedulerClient).send(new CreateScheduleCommand(input));
    const group_name = input.GroupName ?? 'default';
    return { id: `${group_name}/${input.Name}`, name: input.Name, group_name, arn: ScheduleArn };
  },
  async update(configuration, target, deployed) {
    await target.client(SchedulerClient).send(new UpdateScheduleCommand(scheduleSettings(configuration)));
    return deployed;
  },
  async delete({ name, group_name }, target) {
    const found = { Name: name as string, GroupName: group_name as string };
    await target.client(SchedulerClient).send(new DeleteScheduleCommand(found));
  },
};

export const scheduler: Record<string, ResourceType> = {
  aws_scheduler_schedule: schedule,
  aws_scheduler_schedule_group: group,
};
