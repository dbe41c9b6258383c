/**
 * What `local` offers to whoever runs the shop on this machine: `npm start`, its pages, the scenario tests and the benchmarks.
 */

/** A fault that the payment system can be put into. */
export type { Fault, PaymentReport } from '../functions/shop/payment-simulator/simulator';

import type { Fault, PaymentReport } from '../functions/shop/payment-simulator/simulator';

/** The simulated payment system; every lane of the shop has books of its own in it, and all share one fault. */
export interface PaymentSystem {
  /** Base URL; a lane's own is `${url}/<lane>`, and its payments go to `POST ${url}/<lane>/payments`. */
  readonly url: string;
  setFault(fault: Fault): void;
  fault(): Fault;
  /** Calls, charges and double charges of one lane. */
  report(lane: string): PaymentReport;
}

/** The simulated enrichment service of the clickstream. */
export interface EnrichmentService {
  /** Base address; a page is asked for at `${url}/pages/<page>`. */
  readonly url: string;
  isDown(): boolean;
  /** Down: it takes every call and answers none. */
  setDown(down: boolean): void;
}

/** A small issuer of OpenID Connect. */
export interface TokenIssuer {
  readonly url: string;
  /** @param role viewer, operator or admin @param seconds that it is good for; default 3,600 */
  token(name: string, role: string, seconds?: number): string;
}

/** One invocation of a function, as the emulator saw it. */
export interface Invocation {
  readonly functionName: string;
  readonly requestId: string;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  readonly outcome: 'ok' | 'error' | 'timeout';
  /** Messages in the event (`Records`); 0 where the event has none. */
  readonly records: number;
  /** Messages that will come back: all of them after an error or a time-out, otherwise those in `batchItemFailures`. */
  readonly failedRecords: number;
}

/** An invocation that has not ended yet. */
export type RunningInvocation = Pick<Invocation, 'functionName' | 'requestId' | 'startedAt' | 'records'>;

/** A deployed stack. */
export interface DeployedStack {
  readonly name: string;
  /** The stack's Terraform outputs, resolved. */
  readonly outputs: Readonly<Record<string, string>>;
  /** A deployed resource's attributes, by its Terraform address (`aws_sqs_queue.orders_main_1234`). */
  readonly resources: ReadonlyMap<string, Readonly<Record<string, unknown>>>;
}

export interface LocalEnvironment {
  /** Signs the tokens that the desk's API takes. */
  readonly issuer?: TokenIssuer;
  /** Where the emulator answers: `http://127.0.0.1:<port>`. */
  readonly endpoint: string;
  readonly payment: PaymentSystem;
  /** What the clickstream depends on. */
  readonly enrichment?: EnrichmentService;
  readonly stacks: ReadonlyMap<string, DeployedStack>;
  /** Invocations that ended at or after `since` (milliseconds since 1970), oldest first. */
  invocations(since: number): Promise<Invocation[]>;
  /** Invocations that have not ended yet. */
  running(): Promise<RunningInvocation[]>;
  /** Ends everything that was started, and nothing else. */
  stop(): Promise<void>;
}

/** What `startEnvironment` gives; the pages need only the part above. */
export interface StartedEnvironment extends LocalEnvironment {
  /** Synthesized Terraform has changed: brings what is deployed in line with it. `stacks` is up to date afterwards. */
  deploy(): Promise<void>;
  readonly issuer: TokenIssuer;
  readonly enrichment: EnrichmentService;
  /** Where `GET /` says who of the brokers is active and what waits, and `POST /queues/<queue>` sends a message. */
  readonly brokersUrl?: string | undefined;
  /** Comes true when the emulator that was started ends by itself: nothing works any more. */
  readonly ended: Promise<Error>;
}

export interface StartOptions {
  /** Names of the synthesized stacks to deploy, `*` allowed: `local-*`. */
  readonly stacks: readonly string[];
  /** Folder of the synthesized Terraform. Default `cdktf.out`. */
  readonly synthesized?: string;
  /** An emulator that runs already (LocalStack, MiniStack); default: start MiniStack. */
  readonly endpoint?: string;
  /** Where to start it. Default 0: a free port. */
  readonly emulatorPort?: number;
  /** Real brokers for stacks that have some. Default: none. */
  readonly brokers?: boolean;
  /** Ends what is still being fetched. */
  readonly signal?: AbortSignal;
  /** Values of Terraform variables; `payment_url`, `enrichment_url` and `desk_issuer` are supplied. */
  readonly variables?: Readonly<Record<string, string>>;
  readonly onProgress?: (message: string) => void;
}
