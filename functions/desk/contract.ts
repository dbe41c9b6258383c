/** The desk's one table: keys and indexes, for the store and the module that makes the table. */
export const TABLE = {
  hashKey: 'pk',
  rangeKey: 'sk',
  indexes: [
    /** Letters of a group in one status, the first kept first. */
    { name: 'by-group', hashKey: 'groupKey', rangeKey: 'position' },
    /** Letters of a release in one status, the first sent first. */
    { name: 'by-release', hashKey: 'releaseKey', rangeKey: 'begunAt' },
    { name: 'by-business-id', hashKey: 'businessId', rangeKey: 'position' },
    { name: 'by-day', hashKey: 'day', rangeKey: 'at' },
  ],
} as const;

/** What is known of a queue of dead letters. Only `queue` has to be: without the rest its letters can be looked at, grouped and kept. */
export interface QueueSettings {
  /** ARN of the queue of dead letters. */
  readonly queue: string;
  /** URL of the queue that its letters are sent to again. */
  readonly sendTo?: string | undefined;
  /** JSON Schema, draft 2020-12, of the body. */
  readonly schema?: object | undefined;
  /** Where the business id is: `order.id`. */
  readonly idPath?: string | undefined;
  /** Where values are that nobody sees who has no right to: `customer.email`, `items.*.note`. */
  readonly sensitive?: readonly string[] | undefined;
  /** Attributes of the message whose values nobody sees who has no right to: `CustomerEmail`. */
  readonly sensitiveAttributes?: readonly string[] | undefined;
  /** The consumer's ledger, and its scope there: what became of a letter that was sent is looked up by its business id. */
  readonly ledger?: { readonly table: string; readonly scope: string } | undefined;
  /** ARN of the function that says whether the consumer's dependency works. */
  readonly canary?: string | undefined;
  /** ARN of the function that releases what SQS has parked for this queue's consumer. */
  readonly redrive?: string | undefined;
  /** ARN of the function with which a person holds the consumer's breaker. */
  readonly breaker?: string | undefined;
  /** Letters that one person may send in one release; more of them somebody else has to approve. Default: any number. */
  readonly approvalAbove?: number | undefined;
  /** Seconds after which a letter that was sent to a queue without a ledger counts as `unknown`, if it hasn't come back. Default 900. */
  readonly settleSeconds?: number | undefined;
}

/** What the page is told about where it stands: it asks for `desk.json` beside itself. */
export interface PageSettings {
  /** Where the API is, on the page's own origin: `/api`. */
  readonly api: string;
  /** Address of the OpenID Connect issuer that people sign in at. */
  readonly issuer: string;
  /** Id of the page at the issuer: a public client, without a secret. */
  readonly clientId: string;
  /** What is asked for, apart: `openid`. */
  readonly scope: string;
  /** More of the authorization request: Auth0 takes an `audience`. */
  readonly parameters?: Readonly<Record<string, string>> | undefined;
  /** Where the runbooks are: the address before `/<page>.md`. */
  readonly runbooks?: string | undefined;
  /** Other pages that belong to it. */
  readonly links?: readonly { readonly text: string; readonly href: string }[] | undefined;
}

/**
 * What the page may load and whom it may call: its own files and API, and the issuer. No inline script or style, no frame, no form that goes elsewhere, and no text that becomes markup.
 *
 * @param issuerOrigins where the issuer says what it is, and where it gives tokens
 */
export const pagePolicy = (issuerOrigins: readonly string[]): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    ["connect-src 'self'", ...issuerOrigins].join(' '),
    "form-action 'none'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
