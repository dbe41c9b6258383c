import { DynamodbTable } from '@cdktf/provider-aws/lib/dynamodb-table';
import { Construct } from 'constructs';
import { TABLE } from '../../functions/desk/contract';
import { deadLetterApi } from '../../functions/desk/dead-letter-api/contract';
import { deadLetterKeeper, LETTERS_NOT_KEPT } from '../../functions/desk/dead-letter-keeper/contract';
import {
  deadLetterWorker,
  OPEN_LETTERS,
  TIERS_NEAR_LOSS,
  type WorkRequest,
} from '../../functions/desk/dead-letter-worker/contract';
import { defaultsOf, setDefaults, withDefaults } from '../defaults';
import { type Grantee, LambdaFunction } from '../lambda-function';
import { checkProps } from '../props';
import { acceptFinding } from '../scan';
import { invokeEvery } from '../schedule';
import { deskApi } from './api';
import { attachQueue } from './attach';
import { DeskPage } from './page';
import { type DeadLetterDeskProps, rules } from './props';

/** Seconds. A queue's visibility timeout of 30 s, SQS's default, is six times as long. */
const KEEPER_TIMEOUT = 5;
/** Keeps dead letters for longer than SQS does, and where they can be found, grouped, mended and sent again in waves. */
export class DeadLetterDesk extends Construct {
  readonly tableName: string;
  readonly keeper: LambdaFunction<typeof deadLetterKeeper>;
  readonly worker: LambdaFunction<typeof deadLetterWorker>;
  /** Address of the API, where there is one. */
  readonly apiUrl: string | undefined;
  /** What the DNS record of the page's domain points to, where there is a page. */
  readonly pageDomainName: string | undefined;
  private readonly api: LambdaFunction<typeof deadLetterApi> | undefined;
  private readonly table: DynamodbTable;
  private readonly props: DeadLetterDeskProps;

  constructor(scope: Construct, id: string, given: DeadLetterDeskProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'deskName');
    this.props = props;
    checkProps(this.node.path, props, rules, 'DeadLetterDeskProps', given);
    const { deskName, queues, alarmActions, logRetentionDays, kmsKeyArn } = props;
    if (props.page && defaultsOf(this).deskUrl === undefined)
      setDefaults(this, { deskUrl: `https://${props.page.domainName}/` });
    this.table = this.store();
    this.tableName = this.table.name;
    const environment = { DESK_TABLE: this.table.name, KEEP_DAYS: String(props.keepDays ?? 400) };
    this.keeper = new LambdaFunction(this, 'keeper', {
      contract: deadLetterKeeper,
      functionName: `${deskName}-keeper`,
      description: 'Takes dead letters into the desk before SQS deletes them',
      environment,
      timeout: KEEPER_TIMEOUT,
      logRetentionDays,
      kmsKeyArn,
    });
    this.grantWrite(this.keeper);
    this.worker = new LambdaFunction(this, 'worker', {
      contract: deadLetterWorker,
      functionName: `${deskName}-worker`,
      description: 'Sends dead letters again in waves, and looks what became of them',
      environment,
      // As long as Lambda lets it: a run stays with a release, and the next one goes on.
      timeout: 900,
      // Two runs would send two waves of one release at once.
      reservedConcurrency: 1,
      logRetentionDays,
      kmsKeyArn,
    });
    this.grantWrite(this.worker);
    // CloudWatch's figures are no resources: this action takes none. Source: Service Authorization Reference, "CloudWatch".
    this.worker.grant(['cloudwatch:GetMetricData'], ['*']);
    if (props.api) {
      const { roleClaim, nameClaim } = props.api;
      this.api = new LambdaFunction(this, 'api-function', {
        contract: deadLetterApi,
        functionName: `${deskName}-api`,
        description: "Answers the desk's pages and scripts",
        environment: {
          ...environment,
          WORKER_FUNCTION: this.worker.functionName,
          ROLE_CLAIM: roleClaim,
          NAME_CLAIM: nameClaim,
        },
        timeout: 29,
        memorySize: 1024,
        logRetentionDays,
        kmsKeyArn,
      });
      this.grantWrite(this.api);
      this.worker.grantInvoke(this.api);
      this.api.alarmWhenFailing(
        "The desk's API fails: nobody can look or mend there; the command still can. Runbook: dead-letters.",
        alarmActions,
      );
      this.apiUrl = deskApi(this, { ...props.api, apiName: deskName, handler: this.api, logRetentionDays, kmsKeyArn });
      if (props.page) {
        const { issuer } = props.api;
        const behind = { ...props.page, deskName, issuer, apiUrl: this.apiUrl };
        this.pageDomainName = new DeskPage(this, 'page', behind).distributionDomain;
      }
    }
    const desk = { tableName: this.tableName, keeper: this.keeper, worker: this.worker, api: this.api };
    for (const queue of queues) attachQueue(this, desk, queue);
    invokeEvery(this, this.worker, {
      name: `${deskName}-worker`,
      description: 'Goes on with what the desk has under way',
      minutes: 1,
      input: { operation: 'work' } satisfies WorkRequest,
      account: props.account,
      kmsKeyArn,
      runbook: 'dead-letters',
      alarmActions,
    });
    this.alarms();
  }

  private store(): DynamodbTable {
    const { deskName, kmsKeyArn, deletionProtection = true } = this.props;
    const { hashKey, rangeKey, indexes } = TABLE;
    const names = [hashKey, rangeKey, ...indexes.flatMap((index) => [index.hashKey, index.rangeKey])];
    const table = new DynamodbTable(this, 'table', {
      name: deskName,
      billingMode: 'PAY_PER_REQUEST',
      hashKey,
      rangeKey,
      attribute: [...new Set(names)].map((name) => ({ name, type: 'S' })),
      globalSecondaryIndex: indexes.map((index) => ({ ...index, projectionType: 'ALL' })),
      // Closed letters carry `expiresAt` (seconds since 1970) and go then; open ones stay.
      ttl: { enabled: true, attributeName: 'expiresAt' },
      pointInTimeRecovery: { enabled: true },
      serverSideEncryption: { enabled: true, kmsKeyArn },
      deletionProtectionEnabled: deletionProtection,
    });
    if (!kmsKeyArn) {
      acceptFinding(
        table,
        'CKV_AWS_119',
        'Encrypted with the key that AWS manages for DynamoDB; pass kmsKeyArn for one of your own.',
      );
    }
    return table;
  }

  /** Looking and changing; never deleting: what is forgotten, DynamoDB forgets. */
  private grantWrite(grantee: Grantee): void {
    const actions = ['dynamodb:GetItem', 'dynamodb:PutItem', 'dynamodb:UpdateItem', 'dynamodb:Query'];
    grantee.grant(actions, [this.table.arn, ...TABLE.indexes.map(({ name }) => `${this.table.arn}/index/${name}`)]);
    if (this.props.kmsKeyArn) grantee.grant(['kms:Decrypt', 'kms:GenerateDataKey'], [this.props.kmsKeyArn]);
  }

  private alarms(): void {
    const { alarmActions } = this.props;
    const runbook = 'Desk: groups. Runbook: dead-letters.';
    this.keeper.alarmWhenFailing(
      `The desk's keeper fails: dead letters stay in their queues, where SQS deletes them after their retention. ${runbook}`,
      alarmActions,
    );
    this.keeper.alarmOnOwnMetric(
      'not-kept',
      {
        metricName: LETTERS_NOT_KEPT,
        description: `Dead letters could not be taken into the desk; they stay in their queues, where SQS deletes them after their retention. ${runbook}`,
        minutes: { bad: 3, of: 5 },
      },
      alarmActions,
    );
    this.worker.alarmWhenFailing(
      `The desk's worker fails: releases stand still, and nobody sees what became of letters. ${runbook}`,
      alarmActions,
    );
    this.worker.alarmOnOwnMetric(
      'near-loss',
      {
        metricName: TIERS_NEAR_LOSS,
        description: `SQS deletes the first message of an attached queue, or of its main or parked tier, within 2 days, or within half of the time that the queue keeps one. \`spillway dead-letters queues\` says which, and when. ${runbook}`,
        minutes: { bad: 5, of: 15 },
      },
      alarmActions,
    );
    this.worker.alarmOnOwnMetric(
      'open-letters',
      {
        metricName: OPEN_LETTERS,
        description: `Dead letters wait at the desk for a person. ${runbook}`,
        minutes: { bad: 5, of: 5 },
      },
      alarmActions,
    );
  }
}
