import type { Message as SqsMessage } from '@aws-sdk/client-sqs';
import type { AnyConsumerContract } from '../../functions/runtime/contract';
import type { Message } from '../../functions/runtime/message';
import { read } from '../../functions/runtime/read';
import type { Contracts } from '../contracts';
import { noteOf } from './messages';

/** What a consumer's contract says of a body. */
export interface MessageFormat {
  /** Name of the consumer. */
  readonly consumer: string;
  /** What makes it this message and no other, through every redelivery; nothing if it can't be read. */
  identityOf(body: string): Promise<string | undefined>;
  /** Why the consumer would send it to repair again for its form; nothing if it would not. */
  problemOf(body: string): Promise<string | undefined>;
}

/** @returns nothing if no contract of the consumer that sent it to repair is known; a message that doesn't say who did is taken for the only one's */
export function formatFor(message: SqsMessage, contracts: Contracts): MessageFormat | undefined {
  const consumer = noteOf(message)?.consumer;
  const contract =
    consumer === undefined && contracts.size === 1 ? [...contracts.values()][0] : contracts.get(consumer ?? '');
  return contract && formatOf(contract);
}

function formatOf(contract: AnyConsumerContract): MessageFormat {
  const reading = (body: string) => read({ body } as Message, contract);
  return {
    consumer: contract.name,
    identityOf: async (body) => {
      const found = await reading(body);
      return 'malformed' in found ? found.malformed.known?.id : found.id;
    },
    problemOf: async (body) => {
      const found = await reading(body);
      return 'malformed' in found ? found.malformed.detail : undefined;
    },
  };
}
