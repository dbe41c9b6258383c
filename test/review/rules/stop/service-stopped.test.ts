import { rule } from '../../../../review/rules/stop/service-stopped';
import { describeRule } from '../../describe-rule';
import { arn, plan, queue, resource } from '../../small-plan';

const environment = (value: unknown) => JSON.stringify([{ name: 'orders', environment: [{ name: 'QUEUE', value }] }]);
const task = (value: unknown) =>
  resource('aws_ecs_task_definition.orders', { family: 'orders', container_definitions: environment(value) });
const service = (desired_count: number) => ({
  name: 'orders',
  task_definition: arn('ecs', 'task-definition/orders:7'),
  desired_count,
});
const stopped = (value: unknown) =>
  plan(
    resource('aws_sqs_queue.orders', queue('orders')),
    task(value),
    resource('aws_ecs_service.orders', service(2), { after: service(0) }),
  );
const deployment = (replicas: string) => ({
  spec: [
    { replicas, template: [{ spec: [{ container: [{ env: [{ name: 'QUEUE', value: queue('orders').url }] }] }] }] },
  ],
});

describeRule(rule, [
  ['it is told the queue’s name', stopped('orders'), ['high aws_ecs_service.orders']],
  ['it is told of something else', stopped('orders-archive'), []],
  [
    'the service goes',
    plan(
      resource('aws_sqs_queue.orders', queue('orders')),
      task(queue('orders').url),
      resource('aws_ecs_service.orders', service(2), { after: null }),
    ),
    ['high aws_ecs_service.orders'],
  ],
  [
    'the queue goes as well',
    plan(
      resource('aws_sqs_queue.orders', queue('orders'), { after: null }),
      task(queue('orders').url),
      resource('aws_ecs_service.orders', service(2), { after: null }),
    ),
    [],
  ],
  [
    'a deployment on Kubernetes',
    plan(
      resource('aws_sqs_queue.orders', queue('orders')),
      resource('kubernetes_deployment.orders', deployment('2'), { after: deployment('0') }),
    ),
    ['high kubernetes_deployment.orders'],
  ],
]);
