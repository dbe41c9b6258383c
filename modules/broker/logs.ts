import { Construct } from 'constructs';
import { logGroup } from '../log-group';

import { checkProps } from '../props';
export interface BrokerLogsProps {
  /** Of a broker that is there already: in the stack that makes it its id is not known when it is planned. */
  readonly brokerId: string;
  /** Days that logs are kept: a value that CloudWatch Logs takes. Default 365. */
  readonly retentionDays?: number;
  /** Key for the logs; its policy must let CloudWatch Logs use it. Default: a key that CloudWatch owns. */
  readonly kmsKeyArn?: string;
}

/**
 * The log groups of an ActiveMQ broker. Amazon MQ makes them together with the broker, in the name of whoever makes that, and keeps what is in them for ever, without a key of one's
 * own; so Terraform can't make them, and takes them over (an `import` block). Source: Amazon MQ guide, "Configuring Amazon MQ for ActiveMQ logs".
 */
export class BrokerLogs extends Construct {
  constructor(scope: Construct, id: string, props: BrokerLogsProps) {
    super(scope, id);
    checkProps(this.node.path, props, [], 'BrokerLogsProps');
    const { brokerId, retentionDays, kmsKeyArn } = props;
    for (const kind of ['general', 'audit']) {
      const name = `/aws/amazonmq/broker/${brokerId}/${kind}`;
      logGroup(this, kind, { name, retentionDays, kmsKeyArn }).importFrom(name);
    }
  }
}
