import { requestOf } from '../../cli/breaker';
import { runbookCommands } from '../../local/commands';

const stack = (outputs: Record<string, string>) => ({ name: 'local', outputs, resources: new Map() });

test('every lane’s names stand in commands that are ready to be run, for the pages that ask for them', () => {
  const lanes = [
    stack({ lane: 'breaker', breaker_hold_function_name: 'the-hold', redrive_function_name: 'the-redrive' }),
    stack({ lane: 'saga', saga_state_machine_arn: 'arn:saga', repair_queue_url: 'http://repair' }),
    stack({ bucket: 'no lane' }),
  ];
  expect(runbookCommands(lanes, 'http://127.0.0.1:1234')).toEqual([
    'export AWS_ENDPOINT_URL=http://127.0.0.1:1234 AWS_REGION=us-east-1 AWS_DEFAULT_REGION=us-east-1 AWS_ACCESS_KEY_ID=local AWS_SECRET_ACCESS_KEY=local',
    'aws() { command aws --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }',
    'docs/runbooks/breaker-open.md, breaker:',
    '  npx --no-install spillway breaker status --function the-hold',
    'docs/runbooks/parked.md, breaker:',
    '  npx --no-install spillway redrive --dry-run --function the-redrive',
    'docs/runbooks/repair.md, saga:',
    '  npx --no-install spillway repair --queue http://repair',
    'docs/runbooks/saga-parked.md, saga:',
    '  npx --no-install spillway saga resume --saga arn:saga',
  ]);
});

test('the brokers’ pages begin with a look that changes nothing, by the names of their stacks', () => {
  const stacks = [
    stack({ operations_function_name: 'the-operations' }),
    stack({ broker_id: 'b-1', dead_letters_mapping_uuid: 'the-uuid' }),
  ];
  const [, , ...commands] = runbookCommands(stacks, 'http://127.0.0.1:1234');
  expect(commands).toEqual([
    'docs/runbooks/broker-restart.md and broker-down.md:',
    expect.stringMatching(/"dryRun": true.* --function-name the-operations /),
    'docs/runbooks/broker-dead-letters.md:',
    '  aws lambda get-event-source-mapping --uuid the-uuid',
    'docs/runbooks/broker-full.md:',
    '  aws mq describe-broker --broker-id b-1',
  ]);
});

test('the address that is exported is the one that commands go to', () => {
  process.env.AWS_ENDPOINT_URL = 'http://127.0.0.1:1234';
  const { connection } = requestOf(['status', '--function', 'f'], 0);
  delete process.env.AWS_ENDPOINT_URL;
  expect(connection.endpoint).toBe('http://127.0.0.1:1234');
});
