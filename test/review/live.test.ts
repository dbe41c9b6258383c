import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Messaging } from '../../review/graph/messaging';
import { type Account, answered } from '../../review/live/answers';
import { questionsOf } from '../../review/live/questions';
import { readPlan } from '../../review/plan/read';
import { markdown } from '../../review/report/markdown';
import { terminal } from '../../review/report/terminal';
import { reviewOf } from './plan-files';
import { arn, plan, queue, resource } from './small-plan';
import { written } from './written';

const ROOT = join(__dirname, '../..');
const GONE = plan(resource('aws_sqs_queue.orders', queue('orders'), { after: null }));
const topic = { arn: arn('sns', 'alarms'), id: arn('sns', 'alarms'), name: 'alarms' };
const questions = async (content: unknown) =>
  questionsOf(new Messaging(await readPlan(written(JSON.stringify(content)), 'test')));
const about = async (content: unknown) =>
  (await questions(content)).map(({ address, about: what }) => `${address}: ${what}`);

describe('what is asked', () => {
  test('depth, oldest and senders of a queue that goes', async () => {
    expect((await questions(GONE)).map(({ command }) => command)).toEqual([
      'aws sqs get-queue-attributes --queue-url https://sqs.eu-central-1.amazonaws.com/111122223333/orders --attribute-names ApproximateNumberOfMessages ApproximateNumberOfMessagesNotVisible ApproximateNumberOfMessagesDelayed --region eu-central-1',
      `aws cloudwatch get-metric-statistics --namespace AWS/SQS --metric-name ApproximateAgeOfOldestMessage --dimensions Name=QueueName,Value=orders --statistics Maximum --period 3600 --start-time "$(date -u -d '1 hours ago' +%FT%TZ)" --end-time "$(date -u +%FT%TZ)" --region eu-central-1`,
      `aws cloudwatch get-metric-statistics --namespace AWS/SQS --metric-name NumberOfMessagesSent --dimensions Name=QueueName,Value=orders --statistics Sum --period 86400 --start-time "$(date -u -d '336 hours ago' +%FT%TZ)" --end-time "$(date -u +%FT%TZ)" --region eu-central-1`,
    ]);
  });

  test.each<[string, string, object, readonly string[]]>([
    ['a function', 'aws_lambda_function', { function_name: 'f' }, ['invocations in the last 14 days']],
    ['a stream', 'aws_kinesis_stream', { name: 's' }, ['records put into it in the last 14 days']],
    ['a table', 'aws_dynamodb_table', { name: 't' }, ['write units used in the last 14 days']],
    [
      'a state machine',
      'aws_sfn_state_machine',
      { arn: arn('states', 'stateMachine:m') },
      ['executions started in the last 14 days'],
    ],
    ['an API', 'aws_apigatewayv2_api', { id: 'a1' }, ['requests in the last 14 days']],
    ['a topic', 'aws_sns_topic', topic, ['messages published to it in the last 14 days', 'subscribers']],
    ['a queue without a URL', 'aws_sqs_queue', { name: 'q' }, ['messages sent to it in the last 14 days']],
    ['a role', 'aws_iam_role', { name: 'r' }, []],
  ])('the callers of %s that goes', async (_, type, before, says) => {
    const gone = plan(resource(`${type}.x`, before as never, { after: null }));
    expect(await about(gone)).toEqual(says.map((what) => `${type}.x: ${what}`));
  });

  test('what waits for a consumer that goes, while its queue stays', async () => {
    const mapping = { event_source_arn: arn('sqs', 'orders'), function_name: 'f', enabled: true, uuid: 'u' };
    const gone = plan(
      resource('aws_sqs_queue.orders', queue('orders')),
      resource('aws_lambda_event_source_mapping.orders', mapping, { after: null }),
    );
    expect(await about(gone)).toEqual([
      'aws_lambda_event_source_mapping.orders: messages in aws_sqs_queue.orders',
      'aws_lambda_event_source_mapping.orders: oldest of them',
    ]);
  });

  test('who hears an alarm that is made', async () => {
    const alarm = { alarm_name: 'a', alarm_actions: [topic.arn, arn('autoscaling', 'x')], dimensions: {} };
    expect(await about(plan(resource('aws_cloudwatch_metric_alarm.a', null, { after: alarm })))).toEqual([
      'aws_cloudwatch_metric_alarm.a: who hears it through alarms',
    ]);
  });

  test('a rule of a bus of its own is asked for with the bus', async () => {
    const rule = { name: 'r', event_bus_name: 'shop' };
    const [asked] = await questions(plan(resource('aws_cloudwatch_event_rule.r', rule, { after: null })));
    expect(asked?.command).toContain('--dimensions Name=EventBusName,Value=shop Name=RuleName,Value=r');
  });

  test('a name is nothing that a shell would run', async () => {
    const name = "x'; $(curl evil) `id`";
    const [, , sent] = await questions(plan(resource('aws_sqs_queue.q', queue('q', { name }), { after: null })));
    expect(sent?.command).toContain(`--dimensions 'Name=QueueName,Value=x'\\''; $(curl evil) \`id\`' --statistics`);
  });

  test('nothing of what stays, is made, or is let go', async () => {
    const changed = resource('aws_sqs_queue.a', queue('a'), { after: queue('a', { delay_seconds: 1 }) });
    const forgotten = resource('aws_sqs_queue.b', queue('b'), { after: null, actions: ['forget'] });
    expect(await questions(plan(changed, forgotten, resource('aws_sqs_queue.c', null, { after: queue('c') })))).toEqual(
      [],
    );
  });
});

describe('answers', () => {
  const account = (more: Partial<Account> = {}): Account => ({
    id: async () => '111122223333',
    depth: async () => ({ ApproximateNumberOfMessages: '1204', ApproximateNumberOfMessagesNotVisible: '3' }),
    metric: async (_, { metric }) => (metric === 'ApproximateAgeOfOldestMessage' ? [60, 7200] : [5, 7]),
    subscribers: async () => [`${topic.arn}:1`, 'PendingConfirmation'],
    ...more,
  });
  const denied = (name: string) => async () => {
    throw Object.assign(new Error('no'), { name });
  };
  const told = async (content: unknown, more?: Partial<Account>) =>
    (await answered(await questions(content), account(more))).map(({ answer }) => answer);
  const GONE_TOPIC = plan(resource('aws_sns_topic.alarms', topic, { after: null }));

  test('are numbers with their units', async () => {
    expect(await told(GONE)).toEqual(['1,204 waiting, 3 in flight, 0 delayed', '2 hours', '12']);
    expect(await told(GONE_TOPIC)).toEqual(['12', '1 confirmed, 1 not confirmed yet']);
  });

  test('say that nobody listens, and that nothing came', async () => {
    const silent = { metric: async () => [], subscribers: async () => ['PendingConfirmation'] };
    expect(await told(GONE_TOPIC, silent)).toEqual(['none', 'nobody, 1 not confirmed yet']);
    expect((await told(GONE, silent))[1]).toBe('none in the last hour');
  });

  test('say which call was denied, and go on', async () => {
    const answers = await told(GONE, { depth: denied('AccessDenied') });
    expect(answers).toEqual(['not asked: AccessDenied', '2 hours', '12']);
  });

  test('are not those of another account', async () => {
    const [first] = await told(GONE, { id: async () => '999988887777' });
    expect(first).toBe('not asked: it is in account 111122223333, and the credentials are of 999988887777');
  });

  test('without credentials, nothing is asked', async () => {
    expect(await told(GONE_TOPIC, { id: denied('CredentialsProviderError') })).toEqual([
      'not asked: CredentialsProviderError',
      'not asked: CredentialsProviderError',
    ]);
  });

  test('end at 300 questions, five at a time', async () => {
    let [now, most, calls] = [0, 0, 0];
    const many = plan(
      ...Array.from({ length: 400 }, (_, index) =>
        resource(
          `aws_lambda_function.f${index}`,
          { function_name: `f${index}`, arn: arn('lambda', `function:f${index}`) },
          { after: null },
        ),
      ),
    );
    const metric = async () => {
      calls++;
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
      return [];
    };
    const answers = await told(many, { metric });
    expect({ calls, most, last: answers.at(-1) }).toEqual({
      ...{ calls: 300, most: 5, last: 'not asked: only the first 300 questions are' },
    });
  });
});

describe('the report', () => {
  test('has the commands at the first finding of what goes, and nowhere else', async () => {
    const review = await reviewOf(GONE);
    const text = terminal([review], [], { colour: false });
    expect(text.match(/^ {4}Ask: aws sqs get-queue-attributes/gm)).toHaveLength(1);
    expect(markdown([review], [])).toContain('**Ask before the apply:**\n```sh\naws sqs get-queue-attributes');
    expect(review.findings.filter(({ questions: asked }) => asked)).toHaveLength(1);
  });

  test('has no block that a name could end', async () => {
    const name = 'x```\n# heading';
    const comment = markdown(
      [await reviewOf(plan(resource('aws_sqs_queue.q', queue('q', { name }), { after: null })))],
      [],
    );
    expect(comment).not.toContain('\n# heading');
    expect(comment.match(/^```/gm)?.length).toBe(2 * (comment.match(/^```(sh|mermaid)$/gm)?.length ?? 0));
  });

  test('has answers instead where they were given', async () => {
    const review = await reviewOf(GONE);
    const findings = review.findings.map((finding) => ({
      ...finding,
      questions: finding.questions?.map((question) => ({ ...question, answer: '7 waiting' })),
    }));
    const answeredReview = { ...review, findings } as typeof review;
    expect(terminal([answeredReview], [], { colour: false })).toContain('    Now: messages in it: 7 waiting\n');
    expect(markdown([answeredReview], [])).toContain('**Now:** messages in it: **7 waiting**; oldest of them');
  });
});

test('the single file says what --live needs beside it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'live-'));
  try {
    spawnSync(process.execPath, [join(ROOT, 'tools/build.mjs'), '--review']);
    copyFileSync(join(ROOT, 'dist/spillway-review/spillway-review.js'), join(folder, 'review.js'));
    const run = spawnSync(process.execPath, ['review.js', written(JSON.stringify(GONE)), '--live'], {
      cwd: folder,
      encoding: 'utf8',
    });
    expect(run).toMatchObject({
      status: 2,
      stderr: expect.stringMatching(
        /--live needs @aws-sdk\/client-\w+ beside it, which is not in the single file: npm install/,
      ),
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
