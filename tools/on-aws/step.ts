/** What an experiment does and looks at, as data: shown before it is done. Seconds are how long to look at most. */
export type Step = (
  | {
      /** Each of these stays behind until the experiment's end: an order's row, or a message that nobody but a person takes away. */
      readonly kind: 'send';
      readonly queueUrl: string;
      readonly bodies: readonly string[];
      readonly cleanUp: readonly CleanUp[];
    }
  | {
      readonly kind: 'post';
      readonly apiUrl: string;
      readonly body: string;
      readonly signed: boolean;
      /** The answer's HTTP status: this one, or any of its hundred when it ends in xx. */
      readonly status: '403' | '2xx';
      readonly cleanUp: readonly CleanUp[];
    }
  | { readonly kind: 'stop-function'; readonly functionName: string }
  | { readonly kind: 'allow-function'; readonly functionName: string }
  | {
      readonly kind: 'see-orders';
      readonly tableName: string;
      readonly orderIds: readonly string[];
      readonly status: string;
      readonly seconds: number;
    }
  | { readonly kind: 'see-order-by-api'; readonly apiUrl: string; readonly orderId: string; readonly seconds: number }
  | {
      readonly kind: 'see-mapping';
      readonly uuid: string;
      readonly state: 'Enabled' | 'Disabled';
      readonly seconds: number;
    }
  | {
      readonly kind: 'see-breaker';
      readonly functionName: string;
      readonly state: 'open' | 'closed';
      readonly seconds: number;
    }
  | {
      readonly kind: 'see-message';
      readonly queueUrl: string;
      readonly body: string;
      readonly seconds: number;
    }
  | {
      /** An execution that has come to a state, whether it is still in it or not. */
      readonly kind: 'see-state';
      readonly stateMachineArn: string;
      readonly execution: string;
      readonly state: string;
      readonly seconds: number;
    }
  | { readonly kind: 'see-alarm'; readonly prefix: string; readonly seconds: number }
  | { readonly kind: 'see-empty'; readonly queueUrls: readonly string[]; readonly seconds: number }
  | { readonly kind: 'redrive'; readonly functionName: string; readonly dryRun: boolean }
) & {
  /** Why this can be seen on AWS only; with `--endpoint` the step is passed over. */
  readonly onlyOnAws?: string;
};

/** What takes away again what a step has made. Each can be done twice, and after a step that was cut short. */
export type CleanUp =
  | { readonly kind: 'allow-function'; readonly functionName: string }
  | {
      /** Looks for that long until every body is found, or for one round. */
      readonly kind: 'take-messages';
      readonly queueUrl: string;
      readonly bodies: readonly string[];
      readonly seconds: number;
    }
  | {
      /** Once they have ended, and not before: an order in flight would be made anew. */
      readonly kind: 'forget-orders';
      readonly tableName: string;
      readonly orderIds: readonly string[];
      readonly seconds: number;
    };

/** What has to be done after these steps were begun, the functions first: what waits for them ends only then. */
export function cleanUpAfter(begun: readonly Step[]): CleanUp[] {
  const all = begun.flatMap((step): readonly CleanUp[] => {
    if (step.kind === 'stop-function') return [{ kind: 'allow-function', functionName: step.functionName }];
    return 'cleanUp' in step ? step.cleanUp : [];
  });
  const once = [...new Map(all.map((one) => [JSON.stringify(one), one])).values()];
  const isFunction = ({ kind }: CleanUp) => kind === 'allow-function';
  return [...once.filter(isFunction), ...once.filter((one) => !isFunction(one))];
}

const queue = (url: string) => url.split('/').at(-1) ?? url;
const several = (all: readonly string[], what: string) =>
  all.length === 1 ? `the ${what} ${all[0]}` : `${all.length} ${what}s, ${all[0]} to ${all.at(-1)}`;

/** A step, or what takes it back, as a person reads it. */
export function say(step: Step | CleanUp): string {
  switch (step.kind) {
    case 'send':
      return `send ${step.bodies.length === 1 ? `"${step.bodies[0]}"` : `${step.bodies.length} orders`} to ${queue(step.queueUrl)}`;
    case 'post':
      return `POST ${step.apiUrl}/orders ${step.signed ? 'with' : 'without'} a signature; expect HTTP ${step.status}`;
    case 'stop-function':
      return `stop ${step.functionName}: reserved concurrency 0`;
    case 'allow-function':
      return `let ${step.functionName} run again: no reserved concurrency`;
    case 'see-orders':
      return `expect ${several(step.orderIds, 'order')} ${step.status} within ${step.seconds} s`;
    case 'see-order-by-api':
      return `GET ${step.apiUrl}/orders/${step.orderId}; expect "paid" within ${step.seconds} s`;
    case 'see-mapping':
      return `expect the event source mapping ${step.uuid} ${step.state} within ${step.seconds} s`;
    case 'see-breaker':
      return `ask ${step.functionName}; expect the breaker ${step.state} within ${step.seconds} s`;
    case 'see-message':
      return `expect "${step.body}" in ${queue(step.queueUrl)} within ${step.seconds} s, with its reason`;
    case 'see-state':
      return `expect the execution ${step.execution} to come to ${step.state} within ${step.seconds} s`;
    case 'see-alarm':
      return `expect an alarm ${step.prefix}… in ALARM within ${step.seconds} s`;
    case 'see-empty':
      return `expect ${step.queueUrls.map(queue).join(' and ')} empty within ${step.seconds} s`;
    case 'redrive':
      return step.dryRun
        ? `ask ${step.functionName} what it would do; expect a release, and a green canary`
        : `ask ${step.functionName} to release; expect that it does`;
    case 'take-messages':
      return `take what is left of ${step.bodies.length === 1 ? 'the message' : 'the messages'} from ${queue(step.queueUrl)}`;
    case 'forget-orders':
      return `delete ${several(step.orderIds, 'order')} from ${step.tableName} once they have ended, within ${step.seconds} s`;
  }
}
