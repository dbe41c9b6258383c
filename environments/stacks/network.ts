import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { SsmParameter } from '@cdktf/provider-aws/lib/ssm-parameter';
import type { Construct } from 'constructs';
import type { BrokerEnd } from '../../modules/broker';
import { BrokerLink, type Link } from '../../modules/broker-network';
import { EncryptionKey } from '../../modules/encryption-key';
import { Network } from '../../modules/network';
import { acceptFinding } from '../../modules/scan';
import type { EnvironmentSettings } from '../settings';
import type { BrokersSettings } from '../settings/brokers';
import { EnvironmentStack } from './environment-stack';

/** A region's private network. It knows of no other. */
export class NetworkStack extends EnvironmentStack {
  readonly network: Network;

  constructor(scope: Construct, settings: EnvironmentSettings, region: string, brokers: BrokersSettings) {
    super(scope, settings, region, 'network');
    const name = `${settings.name}-${region}`;
    const place = brokers.regions[region];
    if (!place) throw new RangeError(`no broker settings for ${region}`);
    this.network = new Network(this, 'network', {
      name,
      region,
      account: settings.account,
      cidrBlock: place.cidrBlock,
      zones: place.zones,
      // What Lambda's pollers of a broker call. Source: Lambda guide, "Amazon MQ: Network configuration".
      interfaceServices: ['lambda', 'sts', 'secretsmanager'],
      flowLogRetentionDays: settings.logRetentionDays,
      kmsKeyArn: settings.ownKey
        ? new EncryptionKey(this, 'key', { keyName: `${name}-network`, account: settings.account, region }).arn
        : undefined,
    });
  }
}

/**
 * What joins two networks, and the only stack that spans both regions: it has a provider for each, and both networks and the broker that answers come first. It leaves that broker's addresses as
 * parameters where they are dialled, so that who dials can be planned and changed while the other region is lost.
 */
export class LinkStack extends EnvironmentStack {
  /** Names of the parameters with the addresses of both instances, in the region that dials. */
  readonly endpointParameters: readonly string[];

  constructor(
    scope: Construct,
    settings: EnvironmentSettings,
    link: Link,
    networks: ReadonlyMap<string, Network>,
    answers: BrokerEnd,
  ) {
    super(scope, settings, link.dials, `link-${link.answers}`);
    const ends = [networks.get(link.dials), networks.get(link.answers)] as const;
    const [requester, accepter] = ends;
    if (!requester || !accepter) throw new RangeError(`no network in ${link.dials} or ${link.answers}`);
    const provider = (region: string) =>
      new AwsProvider(this, region, {
        region,
        alias: region,
        allowedAccountIds: [settings.account],
        defaultTags: [{ tags: { ...settings.tags, Environment: settings.name, Stack: this.node.id } }],
      });
    new BrokerLink(this, 'link', {
      requester: { network: requester.side, provider: provider(link.dials) },
      accepter: { network: accepter.side, provider: provider(link.answers) },
    });
    this.endpointParameters = answers.endpoints.map((endpoint, index) => {
      const name = `/${answers.brokerName}/endpoint-${index + 1}`;
      const parameter = new SsmParameter(this, `endpoint-${index + 1}`, {
        ...{ name, type: 'String', insecureValue: endpoint },
        description: `Where ${link.dials} reaches instance ${index + 1} of the broker of ${link.answers}`,
      });
      acceptFinding(parameter, 'CKV2_AWS_34', 'An address inside the network, and no secret.');
      return name;
    });
  }
}
