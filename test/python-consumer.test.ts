import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

const directory = join(__dirname, '..', 'examples', 'python-consumer');

/** Runs a program of Python beside the example, where Powertools and boto3 are only stood in for. */
const python = (program: string) =>
  spawnSync('python3', ['-B', '-c', STAND_INS + program], {
    cwd: directory,
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      MAIL_URL: 'http://127.0.0.1:9',
      IDEMPOTENCY_TABLE: 'done',
      REPAIR_QUEUE_URL: 'repair',
    },
  });

/** As much of the packages as the example uses: a batch whose failed records come back, and work that is done once by its key. */
const STAND_INS = `
import json, sys, types
from unittest import mock

def module(name, **of):
    made = types.ModuleType(name)
    made.__dict__.update(of)
    sys.modules[name] = made

sent = []
done = {}
class Config:
    def __init__(self, event_key_jmespath, **_): self.key = event_key_jmespath
    def register_lambda_context(self, context): pass
def idempotent_function(data_keyword_argument, persistence_store, config):
    def decorate(work):
        def once(**given):
            key = given[data_keyword_argument][config.key]
            if key not in done: done[key] = work(**given)
            return done[key]
        return once
    return decorate
def process_partial_response(event, record_handler, processor, context):
    failed = []
    for record in event['Records']:
        try: record_handler(types.SimpleNamespace(body=record['body']))
        except Exception: failed.append({'itemIdentifier': record['messageId']})
    return {'batchItemFailures': failed}
for name in ('aws_lambda_powertools', 'aws_lambda_powertools.utilities', 'aws_lambda_powertools.utilities.data_classes'): module(name)
module('aws_lambda_powertools.utilities.batch', BatchProcessor=lambda **_: None, EventType=types.SimpleNamespace(SQS='sqs'), process_partial_response=process_partial_response)
module('aws_lambda_powertools.utilities.data_classes.sqs_event', SQSRecord=object)
module('aws_lambda_powertools.utilities.idempotency', DynamoDBPersistenceLayer=lambda **_: None, IdempotencyConfig=Config, idempotent_function=idempotent_function)
module('boto3', client=lambda _: types.SimpleNamespace(send_message=lambda **message: sent.append(message)))
import receipts
def deliver(*bodies):
    return receipts.handler({'Records': [{'messageId': str(index), 'body': body} for index, body in enumerate(bodies)]}, None)
def refused(code):
    return receipts.urllib.error.HTTPError('x', code, 'x', {}, None)
whole = json.dumps({'receipt_number': '1', 'email': 'ada@example.com'})
`;

const atHand = spawnSync('python3', ['--version']).status === 0;
const withPython = atHand ? test : test.skip;

describe('the consumer in Python', () => {
  withPython.each<[string, string]>([
    [
      'hands what is wrong in itself to repair, with the reason, and not back',
      `answer = deliver('not json', '{}')
assert answer == {'batchItemFailures': []}, answer
assert [each['MessageBody'] for each in sent] == ['not json', '{}'], sent
assert sent[1]['MessageAttributes']['reason']['StringValue'] == 'receipt_number is missing', sent`,
    ],
    [
      'gives one message back while the mail service is out, and nothing to repair',
      `with mock.patch('receipts.urllib.request.urlopen', side_effect=refused(503)):
    answer = deliver(whole)
assert answer == {'batchItemFailures': [{'itemIdentifier': '0'}]}, answer
assert sent == [], sent`,
    ],
    [
      'sends a refusal of the mail service to repair, and puts off what comes too fast',
      `with mock.patch('receipts.urllib.request.urlopen', side_effect=[refused(422), refused(429)]):
    assert deliver(whole) == {'batchItemFailures': []}
    assert len(sent) == 1, sent
    assert deliver(whole)['batchItemFailures'] != []`,
    ],
    [
      'sends a receipt once, though its message comes twice',
      `with mock.patch('receipts.urllib.request.urlopen') as opened:
    assert deliver(whole, whole) == {'batchItemFailures': []}
assert opened.call_count == 1, opened.call_count`,
    ],
    [
      'has a canary that says what it found',
      `import mail_canary
assert mail_canary.handler({}, None)['green'] is False
with mock.patch('mail_canary.urllib.request.urlopen') as opened:
    opened.return_value.__enter__.return_value.status = 200
    assert mail_canary.handler({}, None) == {'green': True, 'detail': 'the mail service answers 200'}`,
    ],
  ])('%s', (_, program) => {
    const { status, stderr } = python(program);
    expect([status, stderr]).toEqual([0, '']);
  });
});
