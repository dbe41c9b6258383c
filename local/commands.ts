import type { DeployedStack } from './environment';

/**
 * What the runbooks ask for, with this machine's names, ready to be copied: `cdktf output` has no state to read here. The first two lines let every command of the runbooks, `aws` too, be
 * typed as it stands there: for SQS version 1 of the AWS CLI leaves `AWS_ENDPOINT_URL` aside and asks `queue.amazonaws.com` (aws/aws-cli issue 8737).
 */
export function runbookCommands(stacks: Iterable<DeployedStack>, endpoint: string): string[] {
  const commands = [...stacks].flatMap(({ outputs }) => {
    const { lane } = outputs;
    if (!lane) return brokerRunbooks(outputs).flat();
    return [
      command(lane, 'breaker-open', 'breaker status --function', outputs.breaker_hold_function_name),
      command(lane, 'parked', 'redrive --dry-run --function', outputs.redrive_function_name),
      command(lane, 'repair', 'repair --queue', outputs.repair_queue_url),
      command(lane, 'dead-letters', 'dead-letters groups --table', outputs.desk_table_name),
      command(lane, 'saga-parked', 'saga resume --saga', outputs.saga_state_machine_arn),
    ].flat();
  });
  return [
    `export AWS_ENDPOINT_URL=${endpoint} AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local`,
    'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }',
    ...commands,
  ];
}

/** The page in a line of its own: zsh takes a comment behind a command for words of it. */
const command = (lane: string, page: string, words: string, name: string | undefined) =>
  name ? [`docs/runbooks/${page}.md, ${lane}:`, `  npx --no-install spillway ${words} ${name}`] : [];

/** Look first: each of these changes nothing. */
function brokerRunbooks(outputs: DeployedStack['outputs']): string[][] {
  const { operations_function_name: operations, dead_letters_mapping_uuid: mapping, broker_id: broker } = outputs;
  const look = `echo '{"operation": "broker-operations", "dryRun": true}' > look.json && aws lambda invoke --function-name ${operations} --payload fileb://look.json report.json && cat report.json`;
  return [
    operations ? ['docs/runbooks/broker-restart.md and broker-down.md:', `  ${look}`] : [],
    mapping ? ['docs/runbooks/broker-dead-letters.md:', `  aws lambda get-event-source-mapping --uuid ${mapping}`] : [],
    broker ? ['docs/runbooks/broker-full.md:', `  aws mq describe-broker --broker-id ${broker}`] : [],
  ];
}

/** What there is to do with the brokers of `npm start -- --brokers`. */
export function brokerCommands(url: string): string[] {
  const order = {
    ...{ orderId: 'order-by-broker-1', customer: 'Ada', amount: 480, currency: 'USD' },
    items: [{ coffee: 'latte', size: 'medium', quantity: 1 }],
    placedAt: new Date().toISOString(),
  };
  return [
    `  brokers     ${url}`,
    '\nThe brokers, in another terminal:',
    '  who is active, and what waits in which queue:',
    `    curl -s ${url}`,
    '  an order through them, in the lane activemq:',
    `    curl -s --data '${JSON.stringify(order)}' ${url}/queues/orders`,
    '  the active one dies; the other takes over, and a new one stands by ten seconds later:',
    `    kill -9 "$(curl -s ${url} | sed 's/.*"active","processId":\\([0-9]*\\).*/\\1/')"`,
  ];
}
