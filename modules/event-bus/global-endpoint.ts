import { CloudwatchEventEndpoint } from '@cdktf/provider-aws/lib/cloudwatch-event-endpoint';
import { Route53HealthCheck } from '@cdktf/provider-aws/lib/route53-health-check';
import { Fn } from 'cdktf';
import { Construct } from 'constructs';
import { metricAlarm } from '../alarm';
import { withDefaults } from '../defaults';
import { checkProps } from '../props';
import { ServiceRole } from '../role';
import { endpointRules, type GlobalEndpointProps } from './props';

/**
 * One address for the buses of two regions: events go to the primary one, and to the other while the primary one is slow. They are replicated to both all the time, so that what is stuck
 * in a region can be had in the other, and so that EventBridge comes back by itself; consumers in both must not do the same twice.
 * Source: EventBridge guide, "Making applications Regional-fault tolerant with global endpoints": recovery in about 6 minutes.
 */
export class GlobalEndpoint extends Construct {
  readonly arn: string;
  /** What publishers pass as `EndpointId` to PutEvents. */
  readonly endpointId: string;

  constructor(scope: Construct, id: string, given: GlobalEndpointProps) {
    super(scope, id);
    const props = withDefaults(this, given, 'endpointName', 'busName');
    checkProps(this.node.path, props, endpointRules, 'GlobalEndpointProps', given);
    const { endpointName, account, busName, primaryRegion, secondaryRegion } = props;
    const buses = [primaryRegion, secondaryRegion].map(
      (region) => `arn:aws:events:${region}:${account}:event-bus/${busName}`,
    );
    const role = this.replication(props, buses);
    const endpoint = new CloudwatchEventEndpoint(this, 'endpoint', {
      name: endpointName,
      roleArn: role.arn,
      eventBus: buses.map((eventBusArn) => ({ eventBusArn })),
      replicationConfig: { state: 'ENABLED' },
      routingConfig: {
        failoverConfig: {
          primary: { healthCheck: this.healthCheck(props).arn },
          secondary: { route: secondaryRegion },
        },
      },
    });
    this.arn = endpoint.arn;
    // The provider knows only the address: https://<id>.endpoint.events.amazonaws.com.
    this.endpointId = Fn.trimsuffix(Fn.trimprefix(endpoint.endpointUrl, 'https://'), '.endpoint.events.amazonaws.com');
  }

  /** Source of the list: EventBridge guide, "Event replication"; the AWS provider's test of `aws_cloudwatch_event_endpoint` applies it. */
  private replication({ endpointName, account, busName }: GlobalEndpointProps, buses: readonly string[]): ServiceRole {
    const role = new ServiceRole(this, 'role', {
      name: `${endpointName}-replication`,
      description: `Replicates events of ${busName} to the other region`,
      service: 'events.amazonaws.com',
    });
    const managed = `arn:aws:events:*:${account}:rule/${busName}/GlobalEndpointManagedRule-*`;
    const rules = ['events:PutRule', 'events:PutTargets', 'events:DeleteRule', 'events:RemoveTargets'];
    role.allow(
      'policy',
      `${endpointName}-replication`,
      JSON.stringify({
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: rules, Resource: [managed] },
          { Effect: 'Allow', Action: ['events:PutEvents'], Resource: buses },
          {
            Effect: 'Allow',
            Action: ['iam:PassRole'],
            Resource: [role.arn],
            Condition: { StringEquals: { 'iam:PassedToService': 'events.amazonaws.com' } },
          },
        ],
      }),
    );
    return role;
  }

  /** As AWS's own template has it. Source: EventBridge guide, "Setting up the Route 53 health check". */
  private healthCheck(props: GlobalEndpointProps): Route53HealthCheck {
    const { endpointName, primaryRegion, maximumLatency = 30_000, silence = 'missing' } = props;
    // What the failover hears: it is made where no other alarm is.
    const alarmActions = props.alarmActions === 'off' ? [] : props.alarmActions;
    const alarm = metricAlarm(this, 'latency-alarm', {
      alarmName: `${endpointName}-latency`,
      alarmDescription: `EventBridge in ${primaryRegion} has taken more than ${maximumLatency} ms to deliver events for 5 minutes; they go to ${props.secondaryRegion} now. Watch that region's consumers; they come back by themselves.`,
      namespace: 'AWS/Events',
      metricName: 'IngestionToInvocationStartLatency',
      statistic: 'Average',
      evaluationPeriods: 5,
      threshold: maximumLatency,
      treatMissingData: silence,
      alarmActions,
    });
    return new Route53HealthCheck(this, 'health-check', {
      type: 'CLOUDWATCH_METRIC',
      cloudwatchAlarmName: alarm?.alarmName,
      cloudwatchAlarmRegion: primaryRegion,
      insufficientDataHealthStatus: silence === 'missing' ? 'LastKnownStatus' : 'Unhealthy',
    });
  }
}
