import fc from 'fast-check';
import { decide, type Facts, type Named, names, type Request } from '../../review/access/decision';
import { documentsOf, isPublic, statementsOf } from '../../review/access/document';
import { managedStatements } from '../../review/access/managed';
import { all, any, not, type Verdict } from '../../review/access/verdict';

const QUEUE: Named = { arn: 'arn:aws:sqs:eu-central-1:111122223333:orders' };
const TOPIC = 'arn:aws:sns:eu-central-1:111122223333:events';
const send: Request = { action: 'sqs:SendMessage', on: QUEUE };
const fromTopic: Request = { ...send, by: { service: 'sns.amazonaws.com' }, facts: { 'aws:SourceArn': TOPIC } };
const statement = (fields: object) => ({ Effect: 'Allow', Action: 'sqs:SendMessage', Resource: '*', ...fields });
const verdict = (request: Request, ...statements: object[]): Verdict =>
  decide(documentsOf([{ Statement: statements }]), request);

describe('a decision on what a policy says', () => {
  test.each<[string, Verdict, object[], Request?]>([
    ['nothing admits', false, []],
    ['an action by its name, in any case', true, [statement({ Action: 'SQS:sendmessage' })]],
    ['an action by a wildcard', true, [statement({ Action: ['sns:*', 'sqs:Send*'] })]],
    ['another action', false, [statement({ Action: 'sqs:ReceiveMessage' })]],
    ['everything but another action', true, [statement({ Action: undefined, NotAction: 'iam:*' })]],
    ['everything but this', false, [statement({ Action: undefined, NotAction: 'sqs:*' })]],
    ['another resource', false, [statement({ Resource: `${QUEUE.arn}-old` })]],
    ['every resource but this', false, [statement({ Resource: undefined, NotResource: QUEUE.arn })]],
    ['a reference that only the apply will tell', undefined, [statement({ Resource: '${aws_sqs_queue.orders.arn}' })]],
    ['a Deny above an Allow', false, [statement({}), statement({ Effect: 'Deny', Action: 'sqs:*' })]],
    ['a Deny of something else', true, [statement({}), statement({ Effect: 'Deny', Action: 'sns:*' })]],
    [
      'a Deny that may apply',
      undefined,
      [statement({}), statement({ Effect: 'Deny', Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } })],
    ],
  ])('%s', (_, expected, statements, request = send) => {
    expect(verdict(request, ...statements)).toBe(expected);
  });

  test.each<[string, Verdict, object]>([
    ['everybody', true, { Principal: '*' }],
    ['the service', true, { Principal: { Service: ['s3.amazonaws.com', 'sns.amazonaws.com'] } }],
    ['the service in a region', true, { Principal: { Service: 'sns.eu-central-1.amazonaws.com' } }],
    ['another service', false, { Principal: { Service: 's3.amazonaws.com' } }],
    ['everybody but somebody else', true, { NotPrincipal: { AWS: '222222222222' } }],
  ])('%s, as a principal', (_, expected, fields) => {
    expect(verdict(fromTopic, statement(fields))).toBe(expected);
  });

  test.each<[string, Verdict, object, Facts]>([
    ['a source that is right', true, { ArnEquals: { 'AWS:sourcearn': TOPIC } }, { 'aws:SourceArn': TOPIC }],
    [
      'a source by a wildcard',
      true,
      { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:*:ev*' } },
      { 'aws:SourceArn': TOPIC },
    ],
    ['another source', false, { ArnEquals: { 'aws:SourceArn': `${TOPIC}-old` } }, { 'aws:SourceArn': TOPIC }],
    ['a source that is not known', undefined, { ArnEquals: { 'aws:SourceArn': TOPIC } }, {}],
    [
      'a key that the request does not carry',
      false,
      { StringEquals: { 'aws:SourceVpce': 'x' } },
      { 'aws:SourceVpce': null },
    ],
    ['the same, if it exists', true, { StringEqualsIfExists: { 'aws:SourceVpce': 'x' } }, { 'aws:SourceVpce': null }],
    ['the same, negated', true, { StringNotEquals: { 'aws:SourceVpce': 'x' } }, { 'aws:SourceVpce': null }],
    ['the same, as absent', true, { Null: { 'aws:SourceVpce': 'true' } }, { 'aws:SourceVpce': null }],
    [
      'one of several values',
      true,
      { StringLike: { 'aws:SourceAccount': ['1', '2*'] } },
      { 'aws:SourceAccount': '22' },
    ],
    [
      'none of several values',
      false,
      { StringNotLike: { 'aws:SourceAccount': ['1', '2*'] } },
      { 'aws:SourceAccount': '22' },
    ],
    [
      'two conditions, one of which fails',
      false,
      { Bool: { a: 'true' }, StringEquals: { b: 'x' } },
      { a: 'true', b: 'y' },
    ],
    ['an operator that is not known here', undefined, { DateLessThan: { a: '2030-01-01' } }, { a: '2026-01-01' }],
    ['a name that only the apply will tell', undefined, { ArnEquals: { a: TOPIC } }, { a: { name: 'events' } }],
    ['a name that is another one for certain', false, { ArnEquals: { a: TOPIC } }, { a: { name: 'events-v2' } }],
  ])('%s, as a condition', (_, expected, Condition, facts) => {
    expect(verdict({ ...send, facts }, statement({ Condition }))).toBe(expected);
  });

  test('the account as a principal admits nobody by itself, and its Deny hits all', () => {
    const root = { Principal: { AWS: 'arn:aws:iam::111122223333:root' } };
    const role: Request = { ...send, by: { role: { arn: 'arn:aws:iam::111122223333:role/consumer' } } };
    expect(verdict(role, statement(root))).toBe(false);
    expect(verdict({ ...send, by: { account: '111122223333' } }, statement(root))).toBe(true);
    expect(verdict({ ...send, by: { account: '222222222222' } }, statement(root))).toBe(false);
    expect(verdict(role, statement({ Principal: '*' }), statement({ Effect: 'Deny', ...root }))).toBe(false);
  });

  test('policies that can not be read may allow it, and a Deny that can be read still refuses', () => {
    const deny = statementsOf({ Statement: [statement({ Effect: 'Deny' })] }) ?? [];
    expect(decide({ statements: [], complete: false }, send)).toBeUndefined();
    expect(decide({ statements: deny, complete: false }, send)).toBe(false);
  });

  const anyStatement = fc.record({
    Effect: fc.constantFrom('Allow', 'Deny'),
    Action: fc.constantFrom('*', 'sqs:*', 'sqs:SendMessage', 'sns:Publish'),
    Resource: fc.constantFrom('*', QUEUE.arn, `${QUEUE.arn}-old`, '${var.queue}'),
  });
  test('the order of statements says nothing, a Deny never admits, an Allow never refuses', () => {
    fc.assert(
      fc.property(fc.array(anyStatement, { maxLength: 5 }), anyStatement, (statements, more) => {
        const before = verdict(send, ...statements);
        expect(verdict(send, ...[...statements].reverse())).toBe(before);
        const rank = (of: Verdict) => (of === undefined ? 1 : of ? 2 : 0);
        const after = rank(verdict(send, ...statements, more));
        if (more.Effect === 'Deny') expect(after).toBeLessThanOrEqual(rank(before));
        else expect(after).toBeGreaterThanOrEqual(rank(before));
      }),
    );
  });
});

test('a key that this plan makes is in no policy that was written before', () => {
  expect(names('arn:aws:kms:eu-central-1:111122223333:key/k-1', { fresh: true })).toBe(false);
  expect(names('arn:aws:kms:eu-central-1:111122223333:key/*', { fresh: true })).toBeUndefined();
  expect(names('*', { fresh: true })).toBe(true);
});

test.each<[boolean, object]>([
  [true, { Principal: '*' }],
  [true, { Principal: { AWS: '*' }, Condition: { Bool: { 'aws:SecureTransport': 'true' } } }],
  [true, { NotPrincipal: { AWS: '222222222222' } }],
  [true, { Principal: '*', Condition: { StringLike: { 'aws:PrincipalArn': '*' } } }],
  [true, { Principal: '*', Condition: { StringNotEquals: { 'aws:PrincipalAccount': '222222222222' } } }],
  [false, { Principal: '*', Condition: { StringEquals: { 'aws:PrincipalOrgID': 'o-1' } } }],
  [false, { Principal: '*', Condition: { ArnLike: { 'aws:SourceArn': 'arn:aws:sns:*:111122223333:*' } } }],
  [false, { Principal: '*', Effect: 'Deny' }],
  [false, { Principal: { Service: 'sns.amazonaws.com' } }],
])('public is %p: %j', (expected, fields) => {
  expect(statementsOf({ Statement: statement(fields) })?.some(isPublic)).toBe(expected);
});

test("AWS's own policies are known by name, wherever they stand, and nobody else's", () => {
  const of = (arn: string) => managedStatements(arn)?.flatMap(({ actions }) => actions.patterns);
  expect(of('arn:aws:iam::aws:policy/service-role/AWSLambdaSQSQueueExecutionRole')).toContain('sqs:ReceiveMessage');
  expect(of('arn:aws-cn:iam::aws:policy/AdministratorAccess')).toEqual(['*']);
  expect(of('arn:aws:iam::111122223333:policy/AdministratorAccess')).toBeUndefined();
  expect(of('arn:aws:iam::aws:policy/SomethingElse')).toBeUndefined();
});

test('three answers: no beats unknown where all must agree, yes where one is enough', () => {
  expect([all([true, undefined, false]), all([true, undefined]), all([])]).toEqual([false, undefined, true]);
  expect([any([false, undefined, true]), any([false, undefined]), any([])]).toEqual([true, undefined, false]);
  expect([not(true), not(false), not(undefined)]).toEqual([false, true, undefined]);
});
