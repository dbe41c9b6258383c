import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeBrokerCommand, MqClient, PromoteCommand, RebootBrokerCommand } from '@aws-sdk/client-mq';
import * as z from 'zod/mini';
import { reachReport } from '../broker-reach/contract';
import type { BrokerToOperate } from './contract';
import type { Asked } from './decide';
import type { Surroundings } from './operate';

/** Milliseconds: a region that doesn't answer must not hold up the look at the others. */
const PATIENCE = { connectionTimeout: 3000, requestTimeout: 8000 };

/** What a connection ends with when there is nobody, or nobody any more. */
const NOBODY = ['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'EHOSTUNREACH', 'EPIPE'];

/** Nobody answered, or the service itself is ill. A refusal (4xx), a throttle or a failure on our side (no credentials, no name server) is not that. */
function isSilence(error: unknown): boolean {
  const { name, code, $metadata } = error as { name?: string; code?: string; $metadata?: { httpStatusCode?: number } };
  const status = $metadata?.httpStatusCode;
  if (status !== undefined) return status >= 500;
  // What the SDK wraps has its code in the message alone.
  return name === 'TimeoutError' || NOBODY.some((one) => one === code || String(error).includes(one));
}

/**
 * Amazon MQ, and the functions that knock at brokers from inside, each in the broker's own region.
 *
 * @param warn told when one gives no answer; that is a finding, not an error
 */
export function services(
  brokers: readonly BrokerToOperate[],
  warn: (message: string, broker: string, error: unknown) => void,
  patience = PATIENCE,
): Pick<Surroundings, 'describe' | 'reach' | 'reboot' | 'promote'> {
  // Without the flag the SDK only warns of a late answer, and waits on.
  const requestHandler = { ...patience, throwOnRequestTimeout: true };
  const clients = new Map<string, { mq: MqClient; lambda: LambdaClient }>();
  for (const { region } of brokers) {
    const settings = { region, maxAttempts: 2, requestHandler };
    if (!clients.has(region)) clients.set(region, { mq: new MqClient(settings), lambda: new LambdaClient(settings) });
  }
  const of = ({ region }: BrokerToOperate) => clients.get(region) as { mq: MqClient; lambda: LambdaClient };
  const asked = async <Answer>(what: string, broker: string, ask: () => Promise<Answer>): Promise<Asked<Answer>> => {
    try {
      return { answer: await ask() };
    } catch (error) {
      const silent = isSilence(error);
      warn(silent ? `no answer from ${what}` : `nothing learnt from ${what}`, broker, error);
      return silent ? 'silent' : 'unknown';
    }
  };
  return {
    describe: (broker) =>
      asked('Amazon MQ', broker.name, () =>
        of(broker).mq.send(new DescribeBrokerCommand({ BrokerId: broker.brokerId })),
      ),
    reach: (broker) =>
      asked('the function that knocks', broker.name, async () => {
        const { endpoints, reachFunctionArn: FunctionName } = broker;
        const Payload = JSON.stringify({ operation: 'broker-reach', endpoints });
        const { FunctionError, Payload: told } = await of(broker).lambda.send(
          new InvokeCommand({ FunctionName, Payload }),
        );
        const text = told?.transformToString() ?? '';
        if (FunctionError) throw new Error(`it failed: ${text}`);
        return z.parse(reachReport, JSON.parse(text)).answers;
      }),
    reboot: async (broker) => {
      await of(broker).mq.send(new RebootBrokerCommand({ BrokerId: broker.brokerId }));
    },
    promote: async (broker, Mode) => {
      await of(broker).mq.send(new PromoteCommand({ BrokerId: broker.brokerId, Mode }));
    },
  };
}
