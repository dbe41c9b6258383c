import { AlarmTopic, type AlarmTopicProps } from '../../modules/alarm-topic';
import { synthesized } from './synthesized';

const topic = (props: Partial<AlarmTopicProps>) =>
  synthesized((stack) => {
    new AlarmTopic(stack, 'alarms', { topicName: 'alarms', account: '111111111111', ...props });
  });

test('who leaves takes nobody along: a subscription is named by whose it is', () => {
  const email = { protocol: 'email', endpoint: 'on-call@example.com' } as const;
  const service = { protocol: 'https', endpoint: 'https://events.example.com/integration/1/enqueue' } as const;
  const subscriptions = (...subscribers: readonly (typeof email | typeof service)[]) =>
    topic({ subscribers }).json.resource.aws_sns_topic_subscription ?? {};
  expect(Object.keys(subscriptions(service, email))).toHaveLength(2);
  expect(subscriptions(service, email)).toMatchObject(subscriptions(email));
});

test.each<[string, Partial<AlarmTopicProps>, string]>([
  ['a name that SNS refuses', { topicName: 'bad name!' }, 'topicName is "bad name!"'],
  ['an account that is none', { account: 'abc' }, 'account is "abc"; it takes the 12 digits of an AWS account'],
  ['an address that is none', { subscribers: [{ protocol: 'email', endpoint: 'on-call' }] }, 'email "on-call"'],
  [
    'a URL without TLS',
    { subscribers: [{ protocol: 'https', endpoint: 'http://a.example.com' }] },
    'subscribers has https',
  ],
  ['a number without its country', { subscribers: [{ protocol: 'sms', endpoint: '030123456' }] }, 'sms "030123456"'],
])('%s is refused', (_, props, message) => {
  expect(() => topic(props)).toThrow(message);
});
