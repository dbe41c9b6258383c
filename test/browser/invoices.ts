import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { json } from 'node:stream/consumers';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, TerraformOutput, TerraformStack } from 'cdktf';
import { bankCanary, invoices } from '../../examples/invoices/contract';
import { Deployer } from '../../local/deploy/deployer';
import { readStacks } from '../../local/deploy/synthesized';
import { attachQueue } from '../../modules/dead-letter-desk/attach';
import { ProtectedConsumer } from '../../modules/protected-consumer';
import { bundled } from '../bundled';

const ACCOUNT = '000000000000';
/** Whoever has rights already: the emulator asks for none. */
const grantee = { grant: () => {} };

interface Desk {
  readonly endpoint: string;
  readonly tableName: string;
  readonly keeper: string;
}

/** The example of an invoice consumer, deployed beside the local run and attached to its desk: a team that isn't the shop's, with a bank instead of a payment system. */
export class Invoices {
  /** Invoice → how often it was paid. */
  readonly paid = new Map<string, number>();
  private readonly bank: Server = createServer(async (request, response) => {
    if (request.method === 'POST') {
      const { invoiceNumber = '' } = (await json(request)) as { invoiceNumber?: string };
      this.paid.set(invoiceNumber, (this.paid.get(invoiceNumber) ?? 0) + 1);
    }
    response.writeHead(200, { 'content-type': 'application/json' }).end('{"transferId":"t"}');
  });
  private deployer: Deployer | undefined;
  private sqs: SQSClient | undefined;
  private queueUrl = '';

  async start(folder: string, desk: Desk): Promise<this> {
    await new Promise<void>((resolve) => this.bank.listen(0, '127.0.0.1', resolve));
    const outdir = join(folder, 'invoices');
    this.synthesize(outdir, folder, desk);
    this.deployer = new Deployer(desk.endpoint, {});
    await this.deployer.deploy(readStacks(outdir, ['*']));
    this.queueUrl = this.deployer.stacks.get('invoices')?.outputs.queue_url ?? '';
    const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
    this.sqs = new SQSClient({ endpoint: desk.endpoint, region: 'us-east-1', credentials });
    return this;
  }

  async send(body: object): Promise<void> {
    await this.sqs?.send(new SendMessageCommand({ QueueUrl: this.queueUrl, MessageBody: JSON.stringify(body) }));
  }

  stop(): void {
    this.sqs?.destroy();
    this.deployer?.close();
    this.bank.closeAllConnections();
    this.bank.close();
  }

  private synthesize(outdir: string, folder: string, { tableName, keeper }: Desk): void {
    const archive = (name: string, entry: string) => {
      const path = join(folder, `${name}.zip`);
      bundled(`examples/invoices/${entry}.ts`, path);
      return path;
    };
    const environment = { BANK_URL: `http://127.0.0.1:${(this.bank.address() as AddressInfo).port}` };
    const app = new App({ outdir });
    const stack = new TerraformStack(app, 'invoices');
    new AwsProvider(stack, 'aws', { region: 'us-east-1' });
    const consumer = new ProtectedConsumer(stack, 'invoices', {
      name: 'invoices',
      contract: invoices,
      bundle: archive('invoices', 'handler'),
      environment,
      canary: { contract: bankCanary, bundle: archive('bank-canary', 'canary'), environment },
      account: ACCOUNT,
      region: 'us-east-1',
      queue: { visibilityTimeout: 180, maxReceiveCount: 3 },
      function: { timeout: 30 },
      workTimeoutMs: 1000,
      breaker: {},
      deletionProtection: false,
    });
    const { main, parked, repair } = consumer.queue;
    if (!consumer.ledger || !consumer.breaker) throw new Error('the invoices have a ledger and a breaker');
    attachQueue(
      stack,
      {
        tableName,
        keeper: { arn: `arn:aws:lambda:us-east-1:${ACCOUNT}:function:${keeper}`, ...grantee },
        worker: grantee,
      },
      {
        id: 'invoices',
        deadLetters: repair,
        parked,
        sendTo: main,
        idPath: invoices.id as string,
        ledger: { table: consumer.ledger, scope: invoices.name },
        canary: { handler: { arn: consumer.canary.arn } },
        redrive: consumer.redrive,
        breaker: consumer.breaker,
      },
    );
    new TerraformOutput(stack, 'queue_url', { value: main.url, staticId: true });
    app.synth();
  }
}
