import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bodyOf, pathOf, refuseHost, refusePages } from '../guard';
import { Broker, type BrokerSettings } from './broker';
import { type Certificate, makeCertificate } from './certificate';
import { install } from './install';
import { send } from './send';

/** Amazon MQ for ActiveMQ on this machine. */
export interface AmazonMq {
  /** Where its API answers; the emulator passes on to it what it is asked of Amazon MQ. */
  readonly url: string;
  readonly certificate: Certificate;
  brokers(): readonly Broker[];
  stop(): Promise<void>;
}

interface Configuration {
  readonly id: string;
  readonly name: string;
  /** XML of each revision; the first is number 1. */
  readonly revisions: string[];
}

interface Answer {
  readonly status: number;
  readonly body?: object;
}

class Refused extends Error {
  constructor(
    readonly status: number,
    message: string,
  ) {
    super(message);
  }
}

const LONGEST_BODY = 1024 * 1024;
const ACCOUNT = 'us-east-1:000000000000';

/**
 * What of Amazon MQ's API a deploy, the operations and the runbooks use, with real brokers behind it. Source: Amazon MQ REST API. Replication between regions is not here: a promotion
 * is refused, as Amazon MQ refuses it for a broker that doesn't replicate.
 */
class Api {
  readonly configurations = new Map<string, Configuration>();
  readonly brokers = new Map<string, Broker>();

  constructor(
    private readonly folder: string,
    private readonly certificate: Certificate,
    private readonly onProblem: (message: string) => void,
  ) {}

  // biome-ignore lint/suspicious/noExplicitAny: the body of a request is what the SDK or the CLI made of it
  async answer(method: string, path: string, body: any): Promise<Answer> {
    const [kind = '', id = '', part = '', name = ''] = path.split('/').slice(1).map(decodeURIComponent);
    switch (`${method} ${kind}${id && '/id'}${part && `/${part}`}`) {
      case 'POST configurations':
        return done(this.createConfiguration(body));
      case 'PUT configurations/id':
        return done(this.updateConfiguration(id, body));
      case 'GET configurations/id':
        return done(revisionOf(this.configuration(id)));
      case 'DELETE configurations/id':
        this.configurations.delete(id);
        return done();
      case 'POST brokers':
        return done(await this.createBroker(body));
      case 'GET brokers':
        return done({ brokerSummaries: [...this.brokers.values()].map((broker) => broker.describe()) });
      case 'GET brokers/id':
        return done(this.broker(id).describe());
      case 'PUT brokers/id':
        this.broker(id).change(changes(body));
        return done(this.broker(id).describe());
      case 'DELETE brokers/id':
        await this.broker(id).stop();
        this.brokers.delete(id);
        return done({ brokerId: id });
      case 'POST brokers/id/reboot':
        this.broker(id)
          .reboot()
          .catch((error: Error) => this.onProblem(error.message));
        return done();
      case 'POST brokers/id/promote':
        throw new Refused(
          400,
          `${this.broker(id).identity.brokerName} replicates nothing: there is no replica to promote`,
        );
      case 'POST brokers/id/users':
      case 'PUT brokers/id/users':
        this.broker(id).changeUser(name, { groups: [], ...this.broker(id).user(name), ...body, username: name });
        return done();
      case 'DELETE brokers/id/users':
        this.broker(id).changeUser(name, undefined);
        return done();
      default:
        throw new Refused(404, `${method} ${path} isn't among what is here of Amazon MQ`);
    }
  }

  private createConfiguration({ name }: { name: string }): object {
    const id = `c-${randomUUID()}`;
    // Amazon MQ begins with a default of its own, and the first that is said is its second revision.
    const configuration = { id, name, revisions: ['<broker xmlns="http://activemq.apache.org/schema/core"/>'] };
    this.configurations.set(id, configuration);
    return revisionOf(configuration);
  }

  private updateConfiguration(id: string, { data }: { data: string }): object {
    const configuration = this.configuration(id);
    configuration.revisions.push(Buffer.from(data, 'base64').toString());
    return revisionOf(configuration);
  }

  // biome-ignore lint/suspicious/noExplicitAny: as above
  private async createBroker({ brokerName, deploymentMode, users, ...body }: any): Promise<object> {
    const brokerId = `b-${randomUUID()}`;
    const brokerArn = `arn:aws:mq:${ACCOUNT}:broker:${brokerName}:${brokerId}`;
    const settings = { logs: { general: false, audit: false }, ...changes(body), users } as BrokerSettings;
    const xmlOf = ({ id, revision }: BrokerSettings['configuration']) => {
      const xml = this.configuration(id).revisions[revision - 1];
      if (!xml) throw new Refused(400, `${id} has no revision ${revision}`);
      return xml;
    };
    const identity = { brokerName, brokerId, brokerArn, deploymentMode };
    const broker = await Broker.create(this.folder, identity, settings, xmlOf, this.certificate);
    this.brokers.set(brokerId, broker);
    return { brokerId, brokerArn };
  }

  private configuration(id: string): Configuration {
    const found = this.configurations.get(id);
    if (!found) throw new Refused(404, `no configuration ${id}`);
    return found;
  }

  private broker(id: string): Broker {
    const found = this.brokers.get(id);
    if (!found) throw new Refused(404, `no broker ${id}; there are ${[...this.brokers.keys()].join(', ') || 'none'}`);
    return found;
  }
}

const done = (body: object = {}): Answer => ({ status: 200, body });

const revisionOf = ({ id, name, revisions }: Configuration) => ({
  ...{ id, name, arn: `arn:aws:mq:${ACCOUNT}:configuration:${id}` },
  latestRevision: { revision: revisions.length },
});

/** Of a request, what a restart brings; the rest (network, window, keys) has no effect on this machine. */
function changes(body: Partial<BrokerSettings>): Partial<BrokerSettings> {
  const { configuration, engineVersion, hostInstanceType, logs } = body;
  return {
    ...(configuration && { configuration }),
    ...(engineVersion && { engineVersion }),
    ...(hostInstanceType && { hostInstanceType }),
    ...(logs && { logs }),
  };
}

/** What a person asks: who is active, what waits where, and an order by hand. */
async function forPeople(api: Api, method: string, path: string, body: string, authority: string): Promise<Answer> {
  const brokers = [...api.brokers.values()];
  const [, kind, queue = ''] = path.split('/');
  if (method === 'POST' && kind === 'queues' && queue) {
    const [broker] = brokers;
    if (!broker) throw new Refused(404, 'no broker is there yet');
    await send(broker, queue, body, authority);
    return done({ accepted: true });
  }
  if (method !== 'GET' || (kind !== '' && kind !== 'queues'))
    throw new Refused(404, 'GET / says who is active and what waits, POST /queues/<queue> sends a message');
  const looked = brokers.map(async (broker) => ({
    broker: broker.identity.brokerName,
    instances: broker.instances.map(({ name, processId, active }) => ({
      name,
      state: active ? 'active' : processId ? 'standby' : 'dead',
      processId,
    })),
    ...(await broker.metrics()),
  }));
  return done({ brokers: await Promise.all(looked) });
}

/** Starts Amazon MQ's API; brokers start when they are created. Nothing is left running when it stops. */
export async function startAmazonMq(onProgress: (message: string) => void, signal?: AbortSignal): Promise<AmazonMq> {
  await install(onProgress, signal);
  const folder = mkdtempSync(join(tmpdir(), 'spillway-brokers-'));
  const remove = () => rmSync(folder, { recursive: true, force: true });
  process.once('exit', remove);
  const certificate = await makeCertificate(folder);
  const api = new Api(folder, certificate, onProgress);
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    const refusal = refuseHost(request) ?? refusePages(request);
    if (refusal) throw new Refused(refusal.status, refusal.error);
    const { method = 'GET' } = request;
    const path = pathOf(request);
    const body = await bodyOf(request, LONGEST_BODY, () => new Refused(413, `longer than ${LONGEST_BODY} bytes`));
    return path.startsWith('/v1/')
      ? api.answer(method, path.slice('/v1'.length), body ? JSON.parse(body) : {})
      : forPeople(api, method, path, body, certificate.authority);
  };
  const server = createServer((request, response) => {
    answer(request)
      .catch((error: Error) => ({
        status: error instanceof Refused ? error.status : 500,
        body: { message: error.message, errorAttribute: '' },
      }))
      .then(({ status, body }) => {
        response.writeHead(status, { 'content-type': 'application/json' });
        response.end(`${JSON.stringify(body)}\n`);
      });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    certificate,
    brokers: () => [...api.brokers.values()],
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.all([...api.brokers.values()].map((broker) => broker.stop()));
      process.off('exit', remove);
      remove();
    },
  };
}
