import type { LambdaEventSourceMappingConfig } from '@cdktf/provider-aws/lib/lambda-event-source-mapping';
import { Fn } from 'cdktf';
import type { Grantee, Invocable } from '../lambda-function';
import { checkProps, isKnown, PropsError } from '../props';

/** What a Kafka consumer reads from, as a mapping has to be told. */
export interface KafkaSource {
  /** The part of the mapping that names the cluster and how Lambda logs in there. */
  mapping(consumerGroupId: string): Partial<LambdaEventSourceMappingConfig>;
  /** Reading a topic as a group, by the function's role. */
  grantRead(handler: Invocable, topic: string, consumerGroupId: string): void;
  /** Writing to topics of it, by a role. Clients with a password need none of this: the brokers' own access lists say what they may. */
  grantWrite(grantee: Grantee, topics: readonly string[]): void;
}

/** Lambda reaches brokers in a VPC as the function's role. Source: Lambda guide, "Configuring Lambda permissions for Amazon MSK event source mappings". */
const NETWORK = [
  ...['ec2:CreateNetworkInterface', 'ec2:DescribeNetworkInterfaces', 'ec2:DeleteNetworkInterface'],
  ...['ec2:DescribeVpcs', 'ec2:DescribeSubnets', 'ec2:DescribeSecurityGroups'],
];

/** `…:cluster/<name>/<id>` → the same of its topics or groups. Source: MSK guide, "IAM access control: resources". */
function ofCluster(clusterArn: string, kind: 'topic' | 'group', name: string): string {
  const [from, to] = [':cluster/', `:${kind}/`];
  return `${isKnown(clusterArn) ? clusterArn.replace(from, to) : Fn.replace(clusterArn, from, to)}/${name}`;
}

/** A cluster of MSK. @param scramSecretArn for a login by password; without it Lambda logs in as the function's role */
export function mskSource(clusterArn: string, scramSecretArn?: string): KafkaSource {
  return {
    mapping: (consumerGroupId) => ({
      eventSourceArn: clusterArn,
      amazonManagedKafkaEventSourceConfig: { consumerGroupId },
      sourceAccessConfiguration: scramSecretArn ? [{ type: 'SASL_SCRAM_512_AUTH', uri: scramSecretArn }] : undefined,
    }),
    grantRead(handler, topic, consumerGroupId) {
      handler.grantToLambda(NETWORK);
      handler.grant(['kafka:DescribeClusterV2', 'kafka:GetBootstrapBrokers'], [clusterArn]);
      if (scramSecretArn) {
        handler.grant(['secretsmanager:GetSecretValue'], [scramSecretArn]);
        return;
      }
      handler.grant(['kafka-cluster:Connect', 'kafka-cluster:DescribeClusterDynamicConfiguration'], [clusterArn]);
      handler.grant(['kafka-cluster:DescribeTopic', 'kafka-cluster:ReadData'], [ofCluster(clusterArn, 'topic', topic)]);
      handler.grant(
        ['kafka-cluster:DescribeGroup', 'kafka-cluster:AlterGroup'],
        [ofCluster(clusterArn, 'group', consumerGroupId)],
      );
    },
    grantWrite(grantee, topics) {
      if (scramSecretArn) return;
      grantee.grant(['kafka-cluster:Connect'], [clusterArn]);
      grantee.grant(
        ['kafka-cluster:DescribeTopic', 'kafka-cluster:WriteData'],
        topics.map((topic) => ofCluster(clusterArn, 'topic', topic)),
      );
    },
  };
}

export interface SelfManagedBrokersProps {
  /** Host and port of brokers: `b-1.example.com:9096`. 1 to 10. Source: Lambda API, SelfManagedEventSource. */
  readonly bootstrapServers: readonly string[];
  /** Secret with `username` and `password`, for SASL/SCRAM over TLS; Lambda takes no SCRAM without TLS. In the function's region. Source: Lambda guide, "Configuring cluster authentication methods". */
  readonly scramSecretArn: string;
  /** SHA-512 or SHA-256. Default 512. Source: Lambda API, SourceAccessConfiguration. */
  readonly scramMechanism?: 512 | 256;
  /** Secret with the certificate of a private authority that signed the brokers'. Default: a public authority. */
  readonly rootCertificateSecretArn?: string;
  /** Subnets and one security group that reach the brokers. Default: they are reached over the internet. */
  readonly vpc?: { readonly subnetIds: readonly string[]; readonly securityGroupId: string };
}

/** Brokers that somebody else runs. */
export function selfManagedBrokers(props: SelfManagedBrokersProps): KafkaSource {
  checkProps('selfManagedBrokers', props, [], 'SelfManagedBrokersProps');
  const { bootstrapServers, scramSecretArn, scramMechanism = 512, rootCertificateSecretArn, vpc } = props;
  const strange = bootstrapServers.filter((server) => !/^[\w.-]+:\d{1,5}$/.test(server));
  if (bootstrapServers.length < 1 || bootstrapServers.length > 10 || strange.length > 0)
    throw new PropsError('selfManagedBrokers', [
      `bootstrapServers has ${strange.length > 0 ? `"${strange.join('", "')}"` : bootstrapServers.length}; it takes 1 to 10 of the form host:port`,
    ]);
  const secrets = [scramSecretArn, ...(rootCertificateSecretArn ? [rootCertificateSecretArn] : [])];
  return {
    mapping: (consumerGroupId) => ({
      selfManagedEventSource: { endpoints: { KAFKA_BOOTSTRAP_SERVERS: bootstrapServers.join(',') } },
      selfManagedKafkaEventSourceConfig: { consumerGroupId },
      sourceAccessConfiguration: [
        { type: `SASL_SCRAM_${scramMechanism}_AUTH`, uri: scramSecretArn },
        ...(rootCertificateSecretArn ? [{ type: 'SERVER_ROOT_CA_CERTIFICATE', uri: rootCertificateSecretArn }] : []),
        ...(vpc?.subnetIds ?? []).map((id) => ({ type: 'VPC_SUBNET', uri: `subnet:${id}` })),
        ...(vpc ? [{ type: 'VPC_SECURITY_GROUP', uri: `security_group:${vpc.securityGroupId}` }] : []),
      ],
    }),
    grantRead(handler) {
      if (vpc) handler.grantToLambda(NETWORK);
      handler.grant(['secretsmanager:GetSecretValue'], secrets);
    },
    grantWrite: () => {},
  };
}
