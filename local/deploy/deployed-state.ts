import {
  CreateTableCommand,
  DeleteItemCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  ResourceInUseException,
  ResourceNotFoundException,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import type { Attributes, ClientSettings } from './resource-type';

/** What is known of a resource that was deployed. */
export interface DeployedResource {
  readonly type: string;
  readonly region: string;
  /** Its configuration with all references resolved. */
  readonly configuration: Readonly<Record<string, unknown>>;
  readonly attributes: Attributes;
  readonly dependsOn: readonly string[];
}

export type DeployedResources = Map<string, DeployedResource>;

const TABLE = 'spillway-deployed';

/**
 * What was deployed of each stack, kept in the emulator itself: it is there for as long as the resources are, and gone with them, so it can't be out
 * of date.
 */
export class DeployedState {
  private readonly client: DynamoDBClient;

  constructor(settings: ClientSettings) {
    this.client = new DynamoDBClient(settings);
  }

  /** The stacks that something was deployed of. */
  async names(): Promise<string[]> {
    try {
      const { Items = [] } = await this.client.send(new ScanCommand({ TableName: TABLE }));
      return Items.flatMap(({ stack }) => stack?.S ?? []);
    } catch (error) {
      if (error instanceof ResourceNotFoundException) return [];
      throw error;
    }
  }

  async load(stack: string): Promise<DeployedResources> {
    try {
      const { Item } = await this.client.send(new GetItemCommand({ TableName: TABLE, Key: { stack: { S: stack } } }));
      const resources = JSON.parse(Item?.resources?.S ?? '[]') as [string, DeployedResource][];
      return new Map(resources);
    } catch (error) {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      await this.createTable();
      return new Map();
    }
  }

  async save(stack: string, resources: DeployedResources): Promise<void> {
    const Item = { stack: { S: stack }, resources: { S: JSON.stringify([...resources]) } };
    await this.client.send(new PutItemCommand({ TableName: TABLE, Item }));
  }

  async forget(stack: string): Promise<void> {
    await this.client.send(new DeleteItemCommand({ TableName: TABLE, Key: { stack: { S: stack } } }));
  }

  close(): void {
    this.client.destroy();
  }

  private async createTable(): Promise<void> {
    try {
      await this.client.send(
        new CreateTableCommand({
          TableName: TABLE,
          BillingMode: 'PAY_PER_REQUEST',
          AttributeDefinitions: [{ AttributeName: 'stack', AttributeType: 'S' }],
          KeySchema: [{ AttributeName: 'stack', KeyType: 'HASH' }],
        }),
      );
    } catch (error) {
      if (!(error instanceof ResourceInUseException)) throw error;
    }
  }
}
