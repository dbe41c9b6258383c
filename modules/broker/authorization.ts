import { deadLetterQueueOf, type QueuePolicy } from './queue-policy';
import type { Element } from './xml';

/** Who may do what. Groups come from the broker's users. Of a queue that several entries name all of them hold. */
export interface AuthorizationEntry {
  /** ActiveMQ's pattern of queues. Default: it is about `topic`. */
  readonly queue?: string;
  /** ActiveMQ's pattern of topics. Default: it is about `queue`. */
  readonly topic?: string;
  /** Groups that may create and delete it: whoever uses a queue first creates it. */
  readonly admin: readonly string[];
  /** Groups that may consume. */
  readonly read: readonly string[];
  /** Groups that may send. */
  readonly write: readonly string[];
}

export interface QueueGrants {
  /** Queues that applications use, each with its dead letters. */
  readonly queues: readonly QueuePolicy[];
  /** Group of the applications' users: these queues and nothing else. */
  readonly applications: string;
  /** Group of the users that bridges work as: every queue, because a bridge carries whatever somebody consumes. No topic but the advisories. */
  readonly bridges: string;
}

/** The web console works as this group. Source: Amazon MQ guide, "Communicating with your broker: authorization maps". */
const CONSOLE = 'activemq-webconsole';

/** The least that applications and bridges need; whoever is in the console's group may use every queue and topic. */
export function grantQueues({ queues, applications, bridges }: QueueGrants): AuthorizationEntry[] {
  const everything = (...groups: string[]) => ({ admin: groups, read: groups, write: groups });
  return [
    { queue: '>', ...everything(bridges, CONSOLE) },
    { topic: '>', ...everything(CONSOLE) },
    ...queues.flatMap(({ queue }) => [
      { queue, ...everything(applications) },
      { queue: deadLetterQueueOf(queue, queues), ...everything(applications) },
    ]),
  ];
}

export function authorization(entries: readonly AuthorizationEntry[]): Element {
  const everybody = [...new Set(entries.flatMap(({ admin, read, write }) => [...admin, ...read, ...write]))].join(',');
  const entry = ({ queue, topic, admin, read, write }: AuthorizationEntry): Element => ({
    name: 'authorizationEntry',
    attributes: { queue, topic, admin: admin.join(','), read: read.join(','), write: write.join(',') },
  });
  return {
    name: 'authorizationPlugin',
    children: [
      {
        name: 'map',
        children: [
          {
            name: 'authorizationMap',
            children: [
              {
                name: 'authorizationEntries',
                children: [
                  ...entries.map(entry),
                  // Every client creates and reads advisories, bridges most of all; without this none connects.
                  {
                    name: 'authorizationEntry',
                    attributes: { topic: 'ActiveMQ.Advisory.>', admin: everybody, read: everybody, write: everybody },
                  },
                ],
              },
              {
                name: 'tempDestinationAuthorizationEntry',
                children: [
                  {
                    name: 'tempDestinationAuthorizationEntry',
                    attributes: { admin: everybody, read: everybody, write: everybody },
                  },
                ],
              },
            ],
          },
        ],
      },
    ],
  };
}
