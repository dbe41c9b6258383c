import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import type { Construct } from 'constructs';
import { BrokerLink, type Link } from '../../modules/broker-network';
import { EncryptionKey } from '../../modules/encryption-key';
import { Network } from '../../modules/network';
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

/** What joins two networks. A stack of its own with a provider for each region: both networks come first, and neither waits for the other. */
export class LinkStack extends EnvironmentStack {
  constructor(scope: Construct, settings: EnvironmentSettings, link: Link, networks: ReadonlyMap<string, Network>) {
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
  }
}
