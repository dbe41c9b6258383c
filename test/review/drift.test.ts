import { headlines, reviewOf } from './plan-files';
import { plan, policy, queue, redrive, resource } from './small-plan';

const parked = resource('aws_sqs_queue.parked', queue('parked', { message_retention_seconds: 1_209_600 }));
const was = queue('orders', { redrive_policy: redrive('parked', 5) });
const now = queue('orders', { redrive_policy: '', message_retention_seconds: 60 });
const drift = (before: object, after: object) => {
  const { change: _, ...identity } = resource('aws_sqs_queue.orders', queue('orders'));
  return { resource_drift: [{ ...identity, change: { actions: ['update'], before, after } }] };
};

test('what was changed by hand is judged as if a plan had changed it, and the apply leaves it', async () => {
  const review = await reviewOf({ ...plan(parked, resource('aws_sqs_queue.orders', now)), ...drift(was, now) });
  expect(headlines(review)).toEqual([
    'medium plan/drift aws_sqs_queue.orders',
    'medium plan/drift aws_sqs_queue.orders',
  ]);
  for (const { title, why, action } of review.findings) {
    expect(title).toMatch(/^Outside Terraform: (failing messages no longer go|messages or records are kept)/);
    expect(why).toMatch(/outside Terraform/);
    expect(action).toMatch(/leaves it as it was found/);
  }
});

test('what the apply sets back is an info', async () => {
  const back = resource('aws_sqs_queue.orders', now, { after: was });
  const review = await reviewOf({ ...plan(parked, back), ...drift(was, now) });
  const outside = review.findings.filter(({ rule }) => rule === 'plan/drift');
  expect(outside.map(({ severity }) => severity)).toEqual(['info', 'info']);
  for (const { action } of outside) expect(action).toMatch(/sets it back/);
});

test('a setting that no rule minds is an info with its values', async () => {
  const slower = queue('orders', { receive_wait_time_seconds: 5 });
  const before = queue('orders', { receive_wait_time_seconds: 2 });
  const review = await reviewOf({ ...plan(resource('aws_sqs_queue.orders', slower)), ...drift(before, slower) });
  expect(review.findings).toMatchObject([
    { severity: 'info', before: 'receive_wait_time_seconds 2', after: 'receive_wait_time_seconds 5' },
  ]);
});

test('what the provider reads back from a resource beside it is no drift', async () => {
  const everybody = policy({ Effect: 'Allow', Principal: '*', Action: 'sqs:SendMessage', Resource: '*' });
  const [before, after] = [queue('orders'), queue('orders', { policy: everybody })];
  const { id } = after;
  const beside = resource('aws_sqs_queue_policy.orders', { id, queue_url: id, policy: everybody });
  const review = await reviewOf({
    ...plan(resource('aws_sqs_queue.orders', after), beside),
    ...drift(before, after),
  });
  expect(headlines(review)).toEqual([]);
});

test('what goes anyway, or is drift in words only, is not told', async () => {
  const gone = resource('aws_sqs_queue.orders', now, { after: null });
  const going = await reviewOf({ ...plan(gone), ...drift(was, now) });
  expect(headlines(going)).toEqual(['critical loss/destroyed aws_sqs_queue.orders']);
  const same = await reviewOf({
    ...plan(resource('aws_sqs_queue.orders', was), parked),
    ...drift({ ...was, kms_master_key_id: null }, was),
  });
  expect(headlines(same)).toEqual([]);
});
