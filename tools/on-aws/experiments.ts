import type { CleanUp, Step } from './step';

/** An experiment of docs/on-aws.md. */
export interface Experiment {
  readonly number: number;
  readonly title: string;
  readonly proves: string;
  readonly cost: string;
  readonly cleanUp: string;
  /** Why a person has to do it; or the outputs that it needs, and its steps. */
  readonly how: { readonly byHand: string } | Scripted;
}

export interface Scripted {
  readonly outputs: readonly string[];
  steps(on: Ground): readonly Step[];
}

/** Where an experiment takes place. */
export interface Ground {
  /** The stack's name, which the names of what is in it begin with. */
  readonly stack: string;
  output(name: string): string;
  /** Names everything that this run makes; 8 to 30 letters, digits and hyphens. */
  readonly run: string;
}

const order = (orderId: string) =>
  JSON.stringify({
    orderId,
    customer: 'Ada',
    items: [{ coffee: 'espresso', size: 'small', quantity: 1 }],
    amount: 250,
    currency: 'USD',
    placedAt: '2026-01-01T08:00:00Z',
  });

const forget = ({ output }: Ground, orderIds: readonly string[], seconds: number): CleanUp => ({
  kind: 'forget-orders',
  tableName: output('orders_table_name'),
  orderIds,
  seconds,
});

/** Brings the payment system down and sends so many orders that the breaker opens. */
function outage(on: Ground): { readonly steps: readonly Step[]; readonly orderIds: readonly string[] } {
  const orderIds = Array.from({ length: 40 }, (_, index) => `${on.run}-${index + 1001}`);
  return {
    orderIds,
    steps: [
      { kind: 'stop-function', functionName: `${on.stack}-payment` },
      {
        kind: 'send',
        queueUrl: on.output('orders_queue_url'),
        bodies: orderIds.map(order),
        // After an outage the recovery releases them one after the other.
        cleanUp: [forget(on, orderIds, 900)],
      },
      { kind: 'see-mapping', uuid: on.output('event_source_mapping_uuid'), state: 'Disabled', seconds: 120 },
      { kind: 'see-breaker', functionName: on.output('breaker_hold_function_name'), state: 'open', seconds: 10 },
    ],
  };
}

const OUTAGE = [
  'orders_queue_url',
  'orders_table_name',
  'event_source_mapping_uuid',
  'breaker_hold_function_name',
  'payment_secret_name',
];

export const EXPERIMENTS: readonly Experiment[] = [
  {
    number: 1,
    title: 'It deploys, and a second plan is empty',
    proves: 'every resource is accepted as it is written',
    cost: 'about $0.10 a day for as long as it stands',
    cleanUp: 'experiment 8',
    how: { byHand: 'cdktf shows its plan and asks by itself' },
  },
  {
    number: 2,
    title: 'An order is paid',
    proves: "the API's role, the key's policy, the secret and the table",
    cost: 'under a cent',
    cleanUp: 'the order is deleted',
    how: {
      outputs: ['api_url', 'orders_table_name'],
      steps(on) {
        const apiUrl = on.output('api_url').replace(/\/$/, '');
        const body = order(on.run);
        const cleanUp = [forget(on, [on.run], 60)];
        const onlyOnAws = 'the emulator asks for no signature';
        return [
          { kind: 'post', apiUrl, body, signed: false, status: '403', cleanUp, onlyOnAws },
          { kind: 'post', apiUrl, body, signed: true, status: '2xx', cleanUp },
          { kind: 'see-order-by-api', apiUrl, orderId: on.run, seconds: 60 },
        ];
      },
    },
  },
  {
    number: 3,
    title: "What can't be understood waits for a person, and rings",
    proves: 'the way to repair, and that alarms on queue metrics ring',
    cost: 'none',
    cleanUp: 'the message is taken from repair',
    how: {
      outputs: ['orders_queue_url', 'repair_queue_url'],
      steps(on) {
        const body = `not an order: ${on.run}`;
        const repair = on.output('repair_queue_url');
        return [
          {
            kind: 'send',
            queueUrl: on.output('orders_queue_url'),
            bodies: [body],
            cleanUp: [{ kind: 'take-messages', queueUrl: repair, bodies: [body], seconds: 60 }],
          },
          { kind: 'see-message', queueUrl: repair, body, seconds: 60 },
          {
            kind: 'see-alarm',
            prefix: `${on.stack}-orders-repair-`,
            seconds: 900,
            onlyOnAws: "alarms on queue metrics don't fire on the emulator",
          },
        ];
      },
    },
  },
  {
    number: 4,
    title: 'The breaker opens, and how long Lambda takes to switch a mapping',
    proves: 'that an outage of payment switches the mapping off, and after how many seconds',
    cost: 'cents',
    cleanUp: 'payment runs again; the 40 orders are deleted once they are paid',
    how: { outputs: OUTAGE, steps: (on) => outage(on).steps },
  },
  {
    number: 5,
    title: 'It comes back by itself, and nothing is lost',
    proves: 'the recovery without a person; begins with the outage of experiment 4',
    cost: 'cents',
    cleanUp: 'the 40 orders are deleted',
    how: {
      outputs: [...OUTAGE, 'parked_queue_url'],
      steps(on) {
        const { steps, orderIds } = outage(on);
        const queueUrls = [on.output('orders_queue_url'), on.output('parked_queue_url')];
        return [
          ...steps,
          { kind: 'allow-function', functionName: `${on.stack}-payment` },
          { kind: 'see-mapping', uuid: on.output('event_source_mapping_uuid'), state: 'Enabled', seconds: 300 },
          { kind: 'see-breaker', functionName: on.output('breaker_hold_function_name'), state: 'closed', seconds: 600 },
          {
            kind: 'see-orders',
            tableName: on.output('orders_table_name'),
            orderIds,
            status: 'paid',
            seconds: 600,
          },
          { kind: 'see-empty', queueUrls, seconds: 120 },
        ];
      },
    },
  },
  {
    number: 6,
    title: "Parked messages under a key of one's own are moved",
    proves: 'that a move task between encrypted queues has the permissions it needs',
    cost: 'none',
    cleanUp: 'the order is deleted; the message too, if it is still parked',
    how: {
      outputs: ['parked_queue_url', 'redrive_function_name', 'orders_table_name'],
      steps(on) {
        const functionName = on.output('redrive_function_name');
        const queueUrl = on.output('parked_queue_url');
        const bodies = [order(on.run)];
        const take: CleanUp = { kind: 'take-messages', queueUrl, bodies, seconds: 0 };
        return [
          { kind: 'send', queueUrl, bodies, cleanUp: [take, forget(on, [on.run], 60)] },
          { kind: 'redrive', functionName, dryRun: true },
          { kind: 'redrive', functionName, dryRun: false },
          {
            kind: 'see-orders',
            tableName: on.output('orders_table_name'),
            orderIds: [on.run],
            status: 'paid',
            seconds: 300,
          },
        ];
      },
    },
  },
  {
    number: 7,
    title: 'A saga is taken back',
    proves: 'that steps are tried again, caught and undone as the definition says',
    cost: 'cents',
    cleanUp: 'payment runs again; the order is deleted, the execution stays for 90 days',
    how: {
      outputs: ['saga_queue_url', 'saga_state_machine_arn', 'orders_table_name', 'payment_secret_name'],
      steps: (on) => [
        { kind: 'stop-function', functionName: `${on.stack}-payment` },
        {
          kind: 'send',
          queueUrl: on.output('saga_queue_url'),
          bodies: [order(on.run)],
          cleanUp: [forget(on, [on.run], 900)],
        },
        {
          kind: 'see-state',
          stateMachineArn: on.output('saga_state_machine_arn'),
          execution: on.run,
          state: 'refund',
          seconds: 180,
        },
        // Nobody knows whether a charge that had no answer was made, so the money goes back first, and for that the payment system has to answer again.
        { kind: 'allow-function', functionName: `${on.stack}-payment` },
        {
          kind: 'see-orders',
          tableName: on.output('orders_table_name'),
          orderIds: [on.run],
          status: 'declined',
          seconds: 900,
        },
      ],
    },
  },
  {
    number: 8,
    title: 'It can be taken down, and nothing stays',
    proves: 'everything can be destroyed',
    cost: 'none after it',
    cleanUp: 'the state bucket, if it was for this alone',
    how: { byHand: 'cdktf shows its plan and asks by itself' },
  },
];
