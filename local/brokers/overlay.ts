import { create } from 'xmlbuilder2';

/**
 * The XML that the module generates, as Amazon MQ holds it, made runnable on this machine. What is put in is what Amazon MQ manages itself and no
 * configuration may hold; every policy, plugin, limit and bridge option stays as generated:
 *
 * | generated | here | because |
 * | --- | --- | --- |
 * | root `<broker>` | wrapped in Spring's `<beans>` with ActiveMQ's schema | ActiveMQ then refuses an element or attribute that it doesn't know |
 * | no broker name, data directory, transports, store | added | Amazon MQ sets them; the store is shared by both instances, as EFS is |
 * | store's lock | looked at every 500 ms | ActiveMQ's default of 10 s tests the clock; Amazon MQ's own value is unknown |
 * | no limit of the store | one of a few MB, where a test fills it, with room given back every second | Amazon MQ sets the store's size; ActiveMQ looks for files without messages every 30 s |
 * | no users | added, with the same names and groups | users are `aws_mq_broker`'s |
 * | connector without password | password added | Amazon MQ adds it at run time |
 * | `ssl://…:61617` | an address on this machine | nobody's name leads here |
 * | no certificate | one for 127.0.0.1, where a client looks for it; otherwise no TLS | Amazon MQ brings its own |
 */
export interface Overlay {
  readonly brokerName: string;
  /** Shared by the instances of a pair. */
  readonly directory: string;
  readonly openwirePort: number;
  readonly amqpPort: number;
  readonly users: readonly BrokerUser[];
  /** Default: no TLS. */
  readonly keyStore?: { readonly path: string; readonly password: string };
  /** Every address of a generated connector → where that instance listens here. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Megabytes that the store may take. Default: what the disk has. */
  readonly storeLimit?: number;
}

export interface BrokerUser {
  readonly username: string;
  readonly password: string;
  readonly groups: readonly string[];
}

type Node = ReturnType<typeof create>;

function attach(parent: Node, name: string): Node {
  const found = parent.find((node) => node.node.nodeName === name);
  return (found as Node | undefined) ?? parent.ele(name);
}

export function overlay(generated: string, settings: Overlay): string {
  const { brokerName, directory, users, addresses } = settings;
  const document = create(generated);
  const broker = document.root();
  broker.att({ brokerName, dataDirectory: directory, useJmx: 'false', start: 'false' });

  broker
    .ele('persistenceAdapter')
    .ele('kahaDB', {
      ...{ directory: `${directory}/kahadb`, lockKeepAlivePeriod: '500' },
      ...(settings.storeLimit && { journalMaxFileLength: '1mb', checkpointInterval: '1000', cleanupInterval: '1000' }),
    })
    .ele('locker')
    .ele('shared-file-locker', { lockAcquireSleepInterval: '500' });
  if (settings.storeLimit) {
    attach(attach(broker, 'systemUsage'), 'systemUsage')
      .ele('storeUsage')
      .ele('storeUsage', { limit: `${settings.storeLimit}mb` });
  }
  const list = attach(broker, 'plugins')
    .ele('simpleAuthenticationPlugin', { anonymousAccessAllowed: 'false' })
    .ele('users');
  for (const { username, password, groups } of users) {
    list.ele('authenticationUser', { username, password, groups: groups.join(',') });
  }
  const { keyStore } = settings;
  if (keyStore) {
    const context = { keyStore: `file:${keyStore.path}`, keyStorePassword: keyStore.password, keyStoreType: 'PKCS12' };
    broker.ele('sslContext').ele('sslContext', context);
  }
  const [openwire, amqp] = keyStore ? ['ssl', 'amqp+ssl'] : ['tcp', 'amqp'];
  const transports = broker.ele('transportConnectors');
  transports.ele('transportConnector', { name: 'openwire', uri: `${openwire}://127.0.0.1:${settings.openwirePort}` });
  transports.ele('transportConnector', { name: 'amqp', uri: `${amqp}://127.0.0.1:${settings.amqpPort}` });

  broker.each(
    (node) => {
      if (node.node.nodeName !== 'networkConnector') return;
      const connector = node.node as unknown as { getAttribute(name: string): string | null };
      const uri = connector.getAttribute('uri') ?? '';
      const rewritten = uri.replace(/ssl:\/\/[^,?)]+/g, (address) => {
        const here = addresses.get(address);
        if (!here) throw new Error(`${brokerName}: nobody listens at ${address}`);
        return here;
      });
      const caller = users.find(({ username }) => username === connector.getAttribute('userName'));
      node.att({ uri: rewritten, password: caller?.password ?? '' });
    },
    false,
    true,
  );

  const schemas = 'http://www.springframework.org/schema/beans';
  const activemq = 'http://activemq.apache.org/schema/core';
  return [
    `<beans xmlns="${schemas}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="${schemas} ${schemas}/spring-beans.xsd ${activemq} ${activemq}/activemq-core.xsd">`,
    broker.toString({ headless: true, prettyPrint: true }),
    '</beans>',
  ].join('\n');
}
