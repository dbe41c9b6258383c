import type { DeployedStack } from './environment';

/**
 * What the runbooks ask for, with this machine's names, ready to be copied: `cdktf output` has no state to read here. The first two lines let every command of the runbooks, `aws` too, be
 * typed as it stands there: for SQS version 1 of the AWS CLI leaves `AWS_ENDPOINT_URL` aside and asks `queue.amazonaws.com` (aws/aws-cli issue 8737).
 */
export function runbookCommands(stacks: Iterable<DeployedStack>, endpoint: string): string[] {
  const commands = [...stacks].flatMap(({ outputs }) => {
    const { lane } = outputs;
    if (!lane) return [];
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
