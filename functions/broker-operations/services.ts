import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { DescribeBrokerCommand, MqClient, PromoteCommand, RebootBrokerCommand } from '@aws-sdk/client-mq';
import * as z from 'zod/mini';
import { reachReport } from '../broker-reach/contract';
import type { BrokerToOperate } from './contract';
import type { Surroundings } from './operate';

/** A region that doesn't answer must not hold up the look at the others. */
const settings = (region: string) => ({
  region,
  maxAttempts: 2,
  requestHandler: { connectionTimeout: 3000, requestTimeout: 8000 },
});

/**
 * Amazon MQ, and the functions that knock at brokers from inside, each in the broker's own region.
 *
 * @param warn told when one gives no answer; that is a finding, not an error
 */
export function services(
  brokers: readonly BrokerToOperate[],
  warn: (message: string, broker: string, error: unknown) => void,
): Pick<Surroundings, 'describe' | 'reach' | 'reboot' | 'promote'> {
  const clients = new Map<string, { mq: MqClient; lambda: LambdaClient }>();
  for (const { region } of brokers) {
    if (!clients.has(region)) {
      clients.set(region, { mq: new MqClient(settings(region)), lambda: new LambdaClient(settings(region)) });
    }
  }
  const of = ({ region }: BrokerToOperate) => clients.get(region) as { mq: MqClient; lambda: LambdaClient };
  return {
    describe: async (broker) => {
      try {
        return await of(broker).mq.send(new DescribeBrokerCommand({ BrokerId: broker.brokerId }));
      } catch (error) {
        warn('no answer from Amazon MQ', broker.name, error);
        return undefined;
      }
    },
    reach: async (broker) => {
      const { endpoints, reachFunctionArn: FunctionName } = broker;
      try {
        const Payload = JSON.stringify({ endpoints });
        const answer = await of(broker).lambda.send(new InvokeCommand({ FunctionName, Payload }));
        return z.parse(reachReport, JSON.parse(answer.Payload?.transformToString() ?? '')).answers;
      } catch (error) {
        warn('nobody to knock', broker.name, error);
        return endpoints.map(() => false);
      }
    },
    reboot: async (broker) => {
      await of(broker).mq.send(new RebootBrokerCommand({ BrokerId: broker.brokerId }));
    },
    promote: async (broker, Mode) => {
      await of(broker).mq.send(new PromoteCommand({ BrokerId: broker.brokerId, Mode }));
    },
  };
}
