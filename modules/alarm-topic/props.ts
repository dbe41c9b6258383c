import { account, kmsKeyArn, matching, type Rule } from '../props';

/** Somebody, or a system that wakes somebody. SNS asks an email address and an HTTPS endpoint once for each topic whether they want its messages. */
export interface Subscriber {
  /** How alarms are delivered. A queue or a function subscribes itself, as it has to allow it: by the topic's ARN. */
  readonly protocol: 'email' | 'https' | 'sms';
  /** An email address, the URL of an on-call service, or a phone number in E.164 form (`+4930123456`; the account must be out of the SMS sandbox). */
  readonly endpoint: string;
}

export interface AlarmTopicProps {
  /** 1 to 256 letters, digits, hyphens, underscores. Source: SNS API, CreateTopic. */
  readonly topicName: string;
  /** Whose alarms may publish: 12 digits. */
  readonly account: string;
  /** Who hears the alarms. Default: nobody, until somebody subscribes to `arn`. Source of the forms: SNS API, Subscribe. */
  readonly subscribers?: readonly Subscriber[];
  /** A KMS key that CloudWatch may use (`EncryptionKey` allows it). Default: not encrypted by a key; alarms hold no message. */
  readonly kmsKeyArn?: string;
}

const ENDPOINTS: Readonly<Record<Subscriber['protocol'], RegExp>> = {
  email: /^[^\s@]+@[^\s@]+\.[^\s@]+$/,
  https: /^https:\/\/[^\s/]+/,
  sms: /^\+[1-9]\d{6,14}$/,
};

const strangers = ({ subscribers = [] }: AlarmTopicProps) =>
  subscribers.filter(({ protocol, endpoint }) => !ENDPOINTS[protocol]?.test(endpoint));

export const rules: readonly Rule<AlarmTopicProps>[] = [
  matching('topicName', /^[A-Za-z0-9_-]{1,256}$/, 'SNS takes 1 to 256 letters, digits, hyphens and underscores'),
  account,
  kmsKeyArn,
  {
    prop: 'subscribers',
    holds: (props) => strangers(props).length === 0,
    message: (props) =>
      `has ${strangers(props)
        .map(({ protocol, endpoint }) => `${protocol} "${endpoint}"`)
        .join(', ')}; it takes email with an address, https with a URL, sms with a number such as "+4930123456"`,
  },
];
