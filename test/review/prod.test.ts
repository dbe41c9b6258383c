import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decide } from '../../review/access/decision';
import { documentsOf } from '../../review/access/document';
import { createPlan } from './create-plan';
import { headlines, reviewOf } from './plan-files';

const ROOT = join(__dirname, '../..');

/** The stacks of prod as they are synthesized now, each made into a plan that creates it from nothing. */
function prodPlans(): [string, { resource_changes: { type: string }[] }][] {
  const app = join(ROOT, 'dist/main.js');
  if (!existsSync(app)) execFileSync(process.execPath, ['tools/build.mjs'], { cwd: ROOT });
  const outdir = mkdtempSync(join(tmpdir(), 'prod-'));
  try {
    execFileSync(process.execPath, [app], {
      cwd: ROOT,
      env: { ...process.env, SPILLWAY_ENVIRONMENTS: 'prod', CDKTF_OUTDIR: outdir },
    });
    return readdirSync(join(outdir, 'stacks')).map((stack) => [
      stack,
      createPlan(JSON.parse(readFileSync(join(outdir, 'stacks', stack, 'cdk.tf.json'), 'utf8'))),
    ]);
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

const plans = prodPlans();

test("the plan of this project's own prod, created from nothing, has no finding above info", async () => {
  const queues = plans.flatMap(([, plan]) => plan.resource_changes).filter(({ type }) => type === 'aws_sqs_queue');
  expect(queues.length).toBeGreaterThan(3);
  for (const [stack, plan] of plans) {
    const review = await reviewOf(plan);
    const above = headlines(review).filter((line) => !line.startsWith('info'));
    expect({ stack, above }).toEqual({ stack, above: [] });
  }
});

/** Terraform 1.11 with AWS provider 6 planned these against an emulator: prod made from nothing, and the shop once more after that. */
describe('real plans of prod', () => {
  const folder = join(__dirname, 'prod/plans');
  test.each(readdirSync(folder))('%s says where, and has no finding above info', async (name) => {
    const review = await reviewOf(JSON.parse(readFileSync(join(folder, name), 'utf8')));
    expect(review).toMatchObject({ accounts: ['333333333333'], regions: ['eu-central-1'] });
    expect(headlines(review).filter((line) => !line.startsWith('info'))).toEqual([]);
    expect(review.counts).toMatchObject(
      name === 'shop-again.json' ? { create: 0, destroy: 0 } : { update: 0, destroy: 0 },
    );
    expect(review.counts.create + review.counts.update).toBeGreaterThan(1);
  });
});

describe('the planning role of the documentation', () => {
  const text = readFileSync(join(ROOT, 'docs/plan-review.md'), 'utf8');
  const [, policy = ''] = /The planning role reads[\s\S]*?```json\n([\s\S]*?)```/.exec(text) ?? [];
  const ENDPOINT = 'arn:aws:ssm:eu-central-1:333333333333:parameter/orders-prod/endpoint-1';
  const PAGE = 'arn:aws:s3:::orders-prod-desk-page-1';
  const may = (action: string, arn = 'arn:aws:any:::thing') =>
    decide(documentsOf([JSON.parse(policy)]), { action, on: { arn } });

  /** What Terraform reads of each type when it refreshes, as its log of a plan of these stacks says. */
  const READS: Record<string, string> = {
    apigatewayv2: 'apigateway:GET',
    cloudfront:
      'cloudfront:GetDistribution cloudfront:GetOriginAccessControl cloudfront:GetResponseHeadersPolicy cloudfront:ListTagsForResource',
    cloudwatch_dashboard: 'cloudwatch:GetDashboard',
    cloudwatch_event: 'events:DescribeRule events:ListTargetsByRule events:ListTagsForResource',
    cloudwatch_log:
      'logs:DescribeLogGroups logs:DescribeMetricFilters logs:DescribeResourcePolicies logs:ListTagsForResource',
    cloudwatch_metric_alarm: 'cloudwatch:DescribeAlarms cloudwatch:ListTagsForResource',
    'default_security_group|flow_log|route|security_group|subnet|vpc':
      'ec2:DescribeVpcs ec2:DescribeSecurityGroupRules',
    dynamodb:
      'dynamodb:DescribeTable dynamodb:DescribeContinuousBackups dynamodb:DescribeTimeToLive dynamodb:ListTagsOfResource',
    iam_role: 'iam:GetRole iam:GetRolePolicy iam:ListRolePolicies iam:ListAttachedRolePolicies',
    kms: 'kms:DescribeKey kms:GetKeyPolicy kms:GetKeyRotationStatus kms:ListAliases kms:ListResourceTags',
    lambda:
      'lambda:GetFunction lambda:GetPolicy lambda:GetEventSourceMapping lambda:GetFunctionEventInvokeConfig lambda:ListVersionsByFunction lambda:GetFunctionCodeSigningConfig lambda:ListTags',
    mq: 'mq:DescribeBroker mq:DescribeUser mq:DescribeConfiguration mq:DescribeConfigurationRevision',
    s3_bucket:
      's3:ListBucket s3:GetBucketPolicy s3:GetBucketAcl s3:GetBucketPublicAccessBlock s3:GetBucketVersioning s3:GetBucketTagging s3:GetEncryptionConfiguration s3:GetLifecycleConfiguration',
    s3_object: 's3:GetObject s3:GetObjectTagging',
    scheduler: 'scheduler:GetSchedule',
    secretsmanager:
      'secretsmanager:DescribeSecret secretsmanager:GetResourcePolicy secretsmanager:ListSecretVersionIds',
    sfn: 'states:DescribeStateMachine states:ListStateMachineVersions states:ListTagsForResource states:ValidateStateMachineDefinition',
    sns: 'sns:GetTopicAttributes sns:GetSubscriptionAttributes sns:ListTagsForResource',
    sqs: 'sqs:GetQueueAttributes sqs:ListQueueTags',
    ssm_parameter: 'ssm:GetParameter ssm:DescribeParameters ssm:ListTagsForResource',
  };
  const types = [...new Set(plans.flatMap(([, plan]) => plan.resource_changes.map(({ type }) => type)))].sort();

  test.each(types)('may read what a plan with %s takes', (type) => {
    const [reads] = Object.entries(READS).filter(([name]) => new RegExp(`^aws_(${name})`).test(type));
    const on = { s3_bucket: PAGE, s3_object: `${PAGE}/index.html` }[reads?.[0] ?? ''] ?? ENDPOINT;
    expect(reads?.[1].split(' ').filter((action) => may(action, on) !== true)).toEqual([]);
  });

  test.each([
    'sqs:ReceiveMessage',
    'dynamodb:GetItem',
    'dynamodb:Scan',
    'secretsmanager:GetSecretValue',
    'kms:Decrypt',
    'logs:GetLogEvents',
    'states:GetExecutionHistory',
    's3:GetObject',
    's3:PutObject',
    'ssm:GetParameter',
  ])('may not %s', (action) => expect(may(action)).toBe(false));
});
