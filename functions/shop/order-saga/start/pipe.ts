import type { Source } from '../../../runtime/sources/source';
import { sqs } from '../../../runtime/sources/sqs';

/** A pipe of EventBridge hands over the bare list of SQS's records. It receives and deletes by itself: what comes back waits for its visibility to end. */
export const pipe: Source = (tools) => {
  const { read } = sqs(tools);
  return {
    read: (event) => {
      const batch = Array.isArray(event) ? read({ Records: event }) : undefined;
      return batch && { ...batch, retry: async () => {} };
    },
  };
};
