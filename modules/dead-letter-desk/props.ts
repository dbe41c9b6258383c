import type { AlarmActions } from '../defaults';
import type { Queue } from '../encrypted-queue';
import type { Grantee, Invocable } from '../lambda-function';
import { account, isKnown, isUrl, kmsKeyArn, logRetentionDays, matching, type Rule, whole } from '../props';

/** A queue of dead letters that the desk takes over. Whoever made it, and whatever reads from its main queue, stays as it is. */
export interface DeskQueue {
  /** Of the resources of this queue, unique in the desk: 1 to 40 lower-case letters, digits, hyphens. Keep it, or Terraform makes them anew. */
  readonly id: string;
  /**
   * Where the dead letters lie: a tier `repair`, or any other queue of dead letters, SNS's, Lambda's and EventBridge's among them. Its visibility timeout is at least 30 s, SQS's default: six times the keeper's
   * time-out. Source: Lambda guide, "Configuring a queue to use with Lambda".
   */
  readonly deadLetters: Pick<Queue, 'arn' | 'kmsKeyArn'>;
  /** Where they are sent to again. Default: nowhere; they are looked at, kept, and set aside or discarded. */
  readonly sendTo?: Pick<Queue, 'arn' | 'url' | 'kmsKeyArn'>;
  /** Where SQS parks what the main queue gives up, if that is another queue than `deadLetters`: it is only looked at, so that somebody is told before SQS deletes what lies there. Default: nobody looks. */
  readonly parked?: Pick<Queue, 'arn'>;
  /** JSON Schema (2020-12) of the body: what doesn't fit is not sent. zod's `z.toJSONSchema(schema)` makes one. Default: anything is sent. */
  readonly schema?: object;
  /** Where the business id is in the body: `order.id`. Default: as the consumer has noted it. */
  readonly idPath?: string;
  /** Places in the body that are hidden from those who may not see them: `customer.email`, `items.*.note`. Default: none. */
  readonly sensitive?: readonly string[];
  /** Message attributes whose values are hidden from those who may not see them: `CustomerEmail`. Default: none. */
  readonly sensitiveAttributes?: readonly string[];
  /** What the consumer remembers: what became of a letter is looked up there, by its business id. Default: a letter is judged by whether it comes back. */
  readonly ledger?: { readonly table: DeskLedger; readonly scope: string };
  /** Without a ledger: seconds after which a letter that was sent counts as `unknown`, if it hasn't come back: 60 to 86,400. Longer than the consumer's retries take. Default 900. */
  readonly settleSeconds?: number;
  /** Letters that one person may send in one release, 1 to 100,000; what has more waits until somebody else approves it. Default: any number. */
  readonly approvalAbove?: number;
  /** The function that releases what is parked, a `Redrive`: operators ask it through the API. Default: nobody can there. */
  readonly redrive?: { readonly handler: Pick<Invocable, 'arn'> };
  /** The breaker of the consumer, a `CircuitBreaker`: operators hold it through the API. Default: nobody can there. */
  readonly breaker?: { readonly hold: Pick<Invocable, 'arn'> };
  /** The function that says whether the consumer's dependency works; red keeps anything from being released. Default: nobody is asked. */
  readonly canary?: { readonly handler: Pick<Invocable, 'arn'> };
}

/** The part of a `Ledger` that looking up takes. */
export interface DeskLedger {
  /** Of the table, on AWS. */
  readonly tableName: string;
  /** Lets a function look entries up. */
  grantRead(grantee: Grantee): void;
}

/** Who may call the API: every route asks for a token. There is no way to make it without. */
export interface DeskApi {
  /** The https URL of an OpenID Connect issuer. Source: API Gateway guide, "Controlling access to HTTP APIs with JWT authorizers". */
  readonly issuer: string;
  /** Who the tokens are for, at least one. */
  readonly audience: readonly string[];
  /** Claim that holds `viewer`, `operator` or `admin`, alone or among others. Default `spillway_role`. */
  readonly roleClaim?: string;
  /** Claim that says who it is, for the audit. Default `sub`. */
  readonly nameClaim?: string;
  /** Origins of the pages that may call, for example `https://desk.example.com`. Default none. */
  readonly allowedOrigins?: readonly string[];
}

/** The page: files in a private bucket behind a distribution of CloudFront, with the API below `/api` of the same address. */
export interface DeskPage {
  /** The page's address without `https://`: `desk.example.com`. Its DNS record points to the output `pageDomainName`; `https://<domainName>/` is what the issuer is told to send people back to. */
  readonly domainName: string;
  /** ARN of a certificate of ACM for it, in us-east-1. Source: CloudFront guide, "Requirements for using SSL/TLS certificates with CloudFront". */
  readonly certificateArn: string;
  /** Id of the page at the issuer: a public client (no secret) that may use the authorization code flow with PKCE. */
  readonly clientId: string;
  /** What is asked for, apart: `openid offline_access` gets a token that can be renewed, where the issuer gives one. Default `openid`. */
  readonly scope?: string;
  /** More of the authorization request, for example Auth0's `audience`. Default: nothing. */
  readonly parameters?: Readonly<Record<string, string>>;
  /** Origin of the issuer's token endpoint, where it is another than the issuer's: `https://shop.auth.eu-central-1.amazoncognito.com`. Default: the issuer's. */
  readonly tokenOrigin?: string;
}

export interface DeadLetterDeskProps {
  /** Name of the table; its functions are `<name>-keeper`, `<name>-worker` and `<name>-api`: 3 to 47 letters, digits, hyphens, underscores, so that the schedule's role (`<name>-worker-scheduler`) fits into IAM's 64. */
  readonly deskName: string;
  /** 12 digits; only this account's schedule may start the worker. */
  readonly account: string;
  /** The queues of dead letters that are taken over. More can be attached by hand: `spillway dead-letters attach`. */
  readonly queues: readonly DeskQueue[];
  /** An HTTP API for pages and scripts, with its function `<name>-api`. Default: none; the command signs with AWS credentials. */
  readonly api?: DeskApi;
  /** A page for people, who sign in at the API's issuer; it takes `api`. Default: none. */
  readonly page?: DeskPage;
  /** Days that a letter is kept after it was closed: 1 to 3,650. An open one is kept until somebody closes it. Default 400. */
  readonly keepDays?: number;
  /** Terraform and the console refuse to delete the table. Default true; false only where letters may go. */
  readonly deletionProtection?: boolean;
  /** Days that logs are kept. Default 365. */
  readonly logRetentionDays?: number;
  /** KMS key for the table, logs and environment. Default: keys that AWS manages. */
  readonly kmsKeyArn?: string;
  /** Where the alarms go. Default: alarms without an action. */
  readonly alarmActions?: AlarmActions;
}

const repeated = ({ queues }: DeadLetterDeskProps) =>
  queues.map(({ id }) => id).filter((id, index, all) => all.indexOf(id) !== index);

const unsettled = (queues: readonly DeskQueue[]) =>
  queues.flatMap(({ settleSeconds = 900 }) =>
    Number.isInteger(settleSeconds) && settleSeconds >= 60 && settleSeconds <= 86_400 ? [] : [settleSeconds],
  );

const unapproved = (queues: readonly DeskQueue[]) =>
  queues.flatMap(({ approvalAbove = 1 }) =>
    Number.isInteger(approvalAbove) && approvalAbove >= 1 && approvalAbove <= 100_000 ? [] : [approvalAbove],
  );

export const rules: readonly Rule<DeadLetterDeskProps>[] = [
  matching('deskName', /^[A-Za-z0-9_-]{3,47}$/, 'it takes 3 to 47 letters, digits, hyphens and underscores'),
  account,
  {
    prop: 'queues',
    holds: ({ queues }) => queues.every(({ id }) => /^[a-z0-9-]{1,40}$/.test(id)),
    message: ({ queues }) =>
      `has the ids ${queues.map(({ id }) => `"${id}"`).join(', ')}; each takes 1 to 40 lower-case letters, digits and hyphens`,
  },
  {
    prop: 'queues',
    holds: (props) => repeated(props).length === 0,
    message: (props) => `has ${repeated(props).join(', ')} more than once; each queue needs an id of its own`,
  },
  {
    prop: 'queues',
    holds: ({ queues }) => unsettled(queues).length === 0,
    message: ({ queues }) =>
      `has the settleSeconds ${unsettled(queues).join(', ')}; it takes whole seconds, 60 to 86,400`,
  },
  {
    prop: 'queues',
    holds: ({ queues }) => unapproved(queues).length === 0,
    message: ({ queues }) =>
      `has the approvalAbove ${unapproved(queues).join(', ')}; it takes whole letters, 1 to 100,000`,
  },
  {
    prop: 'api',
    holds: ({ api }) =>
      !isKnown(api?.issuer) || (isUrl(api?.issuer ?? '') && api?.issuer.startsWith('https://') === true),
    message: ({ api }) =>
      `has the issuer "${api?.issuer}"; API Gateway takes the https URL of an OpenID Connect issuer`,
  },
  {
    prop: 'api',
    holds: ({ api }) => (api?.audience ?? []).length > 0 && (api?.audience ?? []).every(Boolean),
    message: () => 'has an empty audience; name who the tokens are for, or every token of the issuer would do',
  },
  {
    prop: 'api',
    holds: ({ api }) => (api?.allowedOrigins ?? []).every((origin) => /^https?:\/\/[^/*]+$/.test(origin)),
    message: ({ api }) =>
      `has the allowedOrigins ${(api?.allowedOrigins ?? []).map((origin) => `"${origin}"`).join(', ')}; an origin is scheme and host, without a path or a wildcard`,
  },
  {
    prop: 'page',
    holds: ({ page, api }) => !page || api !== undefined,
    message: () => 'has no API behind it; set `api` as well, whose issuer people sign in at',
  },
  {
    prop: 'page',
    holds: ({ page }) => !isKnown(page?.domainName) || /^[a-z0-9-]+(\.[a-z0-9-]+)+$/.test(page?.domainName ?? ''),
    message: ({ page }) =>
      `has the domainName "${page?.domainName}"; it takes a host name in lower case, such as desk.example.com`,
  },
  {
    prop: 'page',
    holds: ({ page }) =>
      !isKnown(page?.certificateArn) ||
      /^arn:aws[\w-]*:acm:us-east-1:\d{12}:certificate\/.+$/.test(page?.certificateArn ?? ''),
    message: ({ page }) =>
      `has the certificateArn "${page?.certificateArn}"; CloudFront takes a certificate of ACM in us-east-1`,
  },
  {
    prop: 'page',
    holds: ({ page }) => !isKnown(page?.tokenOrigin) || /^https:\/\/[^/*\s;]+$/.test(page?.tokenOrigin ?? ''),
    message: ({ page }) =>
      `has the tokenOrigin "${page?.tokenOrigin}"; an origin is https and a host, without a path or a wildcard`,
  },
  whole('keepDays', [1, 3650], { unit: 'days' }),
  logRetentionDays,
  kmsKeyArn,
];
