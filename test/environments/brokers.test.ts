import { type App, type TerraformStack, Testing } from 'cdktf';
import * as z from 'zod/mini';
import { defineEnvironment } from '../../environments/settings';
import type { BrokersSettings } from '../../environments/settings/brokers';
import { brokers as schema } from '../../environments/settings/brokers';
import { addBrokers } from '../../environments/stacks/brokers';
import { exampleWithBrokers } from './example';

const place = (second: number, region: string, dayOfWeek: 'MONDAY' | 'TUESDAY' | 'WEDNESDAY') => ({
  cidrBlock: `10.${second}.0.0/16`,
  zones: ['a', 'b'].map((zone) => `${region}${zone}`),
  maintenance: { dayOfWeek, timeOfDay: '03:00' },
});

const SETTINGS: BrokersSettings = {
  regions: {
    'eu-central-1': place(20, 'eu-central-1', 'MONDAY'),
    'eu-west-1': place(21, 'eu-west-1', 'TUESDAY'),
    'us-east-1': place(22, 'us-east-1', 'WEDNESDAY'),
  },
  topology: { kind: 'mesh' },
  instanceType: 'mq.m5.large',
  engineVersion: '5.18',
  queues: [{ queue: 'orders', maximumRedeliveries: 6, initialDelayMs: 1000, maximumDelayMs: 60_000, prefetch: 100 }],
  users: {
    applications: [{ username: 'orders', passwordVersion: 1 }],
    bridges: [{ username: 'network', passwordVersion: 1 }],
  },
  operations: { reboot: 'approved', everyMinutes: 1 },
};

const STATE = {
  kind: 's3' as const,
  buckets: Object.fromEntries(Object.keys(SETTINGS.regions).map((region) => [region, `state-${region}`])),
};

type Json = Record<string, Record<string, Record<string, Record<string, unknown>>>>;

function synthesize(settings: BrokersSettings): Map<string, Json> {
  const app: App = Testing.app();
  addBrokers(app, defineEnvironment({ ...exampleWithBrokers, brokers: settings, state: STATE }), settings);
  const stacks = app.node.children.filter((child): child is TerraformStack => 'dependencies' in child);
  for (const stack of stacks) stack.prepareStack();
  return new Map(stacks.map((stack) => [stack.node.id, stack.toTerraform() as Json]));
}

/** Every address that a value refers to. */
function references(value: unknown): string[] {
  if (typeof value === 'string') {
    return [...value.matchAll(/\$\{([^}]+)\}/g)].flatMap(([, expression = '']) =>
      [...expression.matchAll(/(data\.)?([a-z]+_[a-z_0-9]+)\.([A-Za-z0-9_-]+)/g)].map(
        ([, data = '', type, name]) => `${data}${type}.${name}`,
      ),
    );
  }
  if (value && typeof value === 'object') return Object.values(value).flatMap(references);
  return [];
}

/** All resources of all stacks as one graph: what Terraform would have to know before it can make each. */
function dependencyGraph(stacks: ReadonlyMap<string, Json>): Map<string, string[]> {
  const graph = new Map<string, string[]>();
  for (const [stack, json] of stacks) {
    for (const kind of ['resource', 'data'] as const) {
      for (const [type, resources] of Object.entries(json[kind] ?? {})) {
        for (const [name, body] of Object.entries(resources)) {
          const address = kind === 'data' ? `data.${type}.${name}` : `${type}.${name}`;
          const own = references(body).map((reference) => `${stack}/${reference}`);
          const explicit = ((body.depends_on as string[] | undefined) ?? []).map((one) => `${stack}/${one}`);
          graph.set(`${stack}/${address}`, [...own, ...explicit]);
        }
      }
    }
    // A remote state is another stack's outputs, and each of those is a resource there.
    for (const name of Object.keys(json.data?.terraform_remote_state ?? {})) {
      const source = name.replace(/^cross-stack-reference-input-/, '');
      const used = new Set(
        [
          ...JSON.stringify(json).matchAll(
            new RegExp(`terraform_remote_state\\.${name}\\.outputs\\.([A-Za-z0-9_-]+)`, 'g'),
          ),
        ].map(([, output]) => output as string),
      );
      const outputs = stacks.get(source)?.output ?? {};
      for (const output of used) {
        if (!outputs[output]) throw new Error(`${stack} reads ${output}, which ${source} does not put out`);
      }
      const behind = [...used].flatMap((output) => references(outputs[output])).map((one) => `${source}/${one}`);
      graph.get(`${stack}/data.terraform_remote_state.${name}`)?.push(...behind);
    }
  }
  return graph;
}

/** A path that comes back to where it began; undefined when there is none. */
function cycle(graph: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const finished = new Set<string>();
  const visit = (node: string, path: readonly string[]): string[] | undefined => {
    if (path.includes(node)) return [...path.slice(path.indexOf(node)), node];
    if (finished.has(node)) return undefined;
    for (const next of graph.get(node) ?? []) {
      const found = visit(next, [...path, node]);
      if (found) return found;
    }
    finished.add(node);
    return undefined;
  };
  for (const node of graph.keys()) {
    const found = visit(node, []);
    if (found) return found;
  }
  return undefined;
}

const stacks = synthesize(SETTINGS);

test('a cycle would be found', () => {
  expect(
    cycle(
      new Map([
        ['a', ['b']],
        ['b', ['c']],
        ['c', ['a']],
      ]),
    ),
  ).toEqual(['a', 'b', 'c', 'a']);
});

test.each([
  [
    'two regions',
    {
      ...SETTINGS,
      regions: { 'eu-central-1': SETTINGS.regions['eu-central-1']!, 'eu-west-1': SETTINGS.regions['eu-west-1']! },
    },
  ],
  ['a mesh of three', SETTINGS],
  ['a hub with the lowest name', { ...SETTINGS, topology: { kind: 'hub', hub: 'eu-central-1' } }],
  ['a hub with the highest name', { ...SETTINGS, topology: { kind: 'hub', hub: 'us-east-1' } }],
] as [string, BrokersSettings][])('%s: no resource and no stack waits for itself', (_, settings) => {
  const synthesized = synthesize(settings);
  const graph = dependencyGraph(synthesized);
  expect(graph.size).toBeGreaterThan(100);
  expect(cycle(graph)).toBeUndefined();
  const between = new Map(
    [...synthesized].map(([name, json]) => [
      name,
      Object.keys(json.data?.terraform_remote_state ?? {}).map((one) =>
        one.replace(/^cross-stack-reference-input-/, ''),
      ),
    ]),
  );
  expect(cycle(between)).toBeUndefined();
  // The graph is not empty by mistake: a broker that dials knows who answers.
  expect(between.get('example-eu-central-1-brokers')).toEqual(expect.arrayContaining(['example-eu-central-1-network']));
});

test('who dials knows both instances of who answers, in order of the names', () => {
  const data = (region: string) => {
    const json = stacks.get(`example-${region}-brokers`) as Json;
    return Object.values(json.resource?.aws_mq_configuration ?? {})[0]?.data as unknown as string;
  };
  const dialled = (region: string) =>
    [...data(region).matchAll(/<networkConnector name="([^"]+)"/g)].map(([, name]) => name);
  expect(dialled('eu-central-1')).toEqual(['eu-central-1-to-eu-west-1', 'eu-central-1-to-us-east-1']);
  expect(dialled('eu-west-1')).toEqual(['eu-west-1-to-us-east-1']);
  expect(dialled('us-east-1')).toEqual([]);
  expect(data('eu-west-1')).toMatch(
    /uri="masterslave:\(\$\{data\.aws_ssm_parameter\.us-east-1-endpoint-1\.insecure_value\}\?wireFormat[^,]+,\$\{data\.aws_ssm_parameter\.us-east-1-endpoint-2\.[^}]+\}\?/,
  );
  // Who is only dialled gives messages back to where consumers are as well.
  expect(data('us-east-1')).toContain('replayWhenNoConsumers="true"');
});

test('a lost region takes the plan of no other one’s network, broker, logs, shop or saga with it', () => {
  const elsewhere = [...stacks].flatMap(([name, json]) => {
    const region = name.match(/^example-(\w+-\w+-\d)/)?.[1] as string;
    return Object.keys(json.data?.terraform_remote_state ?? {})
      .filter((one) => !one.includes(`-example-${region}-`))
      .map(() => name);
  });
  // Which has something in both regions, and which looks after all of them: neither has to be changed then.
  const spanning = /^example-eu-central-1-link-|^example-eu-west-1-link-|^example-us-east-1-broker-operations$/;
  expect(elsewhere.filter((name) => !spanning.test(name))).toEqual([]);
});

test('the link leaves the addresses where they are dialled, under the names that are read there', () => {
  const read = Object.values(stacks.get('example-eu-central-1-brokers')?.data?.aws_ssm_parameter ?? {});
  const written = ['eu-west-1', 'us-east-1'].flatMap((answers) =>
    Object.values(stacks.get(`example-eu-central-1-link-${answers}`)?.resource?.aws_ssm_parameter ?? {}),
  );
  expect(read.map(({ name }) => name)).toEqual(written.map(({ name }) => name));
  expect(new Set(written.map(({ name }) => name)).size).toBe(4);
  // The stack's own provider is the region's that dials.
  for (const parameter of written) expect(parameter).not.toHaveProperty('provider');
});

test('no password is in the output, and none of the resources that could hold one asks for more than it must', () => {
  for (const [name, json] of stacks) {
    if (!name.endsWith('-brokers')) continue;
    const variables = Object.entries(json.variable ?? {});
    expect(variables.map(([variable]) => variable).sort()).toEqual([
      'broker_network_password',
      'broker_orders_password',
    ]);
    for (const [, variable] of variables) expect(variable).toMatchObject({ sensitive: true, nullable: false });
    expect(JSON.stringify(json.output)).not.toContain('password');
    for (const version of Object.values(json.resource?.aws_secretsmanager_secret_version ?? {})) {
      expect(Object.keys(version)).not.toContain('secret_string');
      expect(version.secret_string_wo_version).toBe(1);
    }
  }
});

test('while passwords are changed there is a second user of each kind, with a secret of its own; nobody uses it until it comes first', () => {
  const [old, next] = [
    { username: 'orders', passwordVersion: 1 },
    { username: 'orders_b', passwordVersion: 1 },
  ] as const;
  const [bridge, nextBridge] = [
    { username: 'network', passwordVersion: 1 },
    { username: 'network_b', passwordVersion: 1 },
  ] as const;
  const of = (users: BrokersSettings['users']) => {
    const json = synthesize({ ...SETTINGS, users }).get('example-eu-central-1-brokers') as Json;
    const [configuration] = Object.values(json.resource?.aws_mq_configuration ?? {});
    const [broker] = Object.values(json.resource?.aws_mq_broker ?? {});
    return {
      users: ((broker?.user ?? []) as unknown as { username: string; groups: string[] }[]).map(
        ({ username, groups }) => `${username}: ${groups}`,
      ),
      bridges: String(configuration?.data).match(/userName="\w+"/g)?.[0],
      secret: String(json.output?.application_secret_arn?.value).match(/secret-[a-z_]+/)?.[0],
      secrets: Object.keys(json.resource?.aws_secretsmanager_secret ?? {}).length,
    };
  };
  const both = ['orders: applications', 'orders_b: applications', 'network: bridges', 'network_b: bridges'];
  expect(of({ applications: [old, next], bridges: [bridge, nextBridge] })).toEqual({
    ...{ users: both, bridges: 'userName="network"', secret: 'secret-orders_', secrets: 4 },
  });
  expect(of({ applications: [next, old], bridges: [nextBridge, bridge] })).toMatchObject({
    ...{ bridges: 'userName="network_b"', secret: 'secret-orders_b_', secrets: 4 },
  });
});

test("Amazon MQ's own log groups are taken over, by an id that is known when they are: kept no longer than others, under the broker's key", () => {
  const json = stacks.get('example-eu-central-1-broker-logs') as unknown as {
    import: { id: string; to: string }[];
    resource: { aws_cloudwatch_log_group: Record<string, Record<string, unknown>> };
  };
  const groups = Object.entries(json.resource.aws_cloudwatch_log_group);
  expect(groups.map(([, { name }]) => String(name).replace(/\$\{[^}]+\}/, '<id>'))).toEqual([
    '/aws/amazonmq/broker/<id>/general',
    '/aws/amazonmq/broker/<id>/audit',
  ]);
  expect(json.import).toEqual(groups.map(([name, { name: id }]) => ({ id, to: `aws_cloudwatch_log_group.${name}` })));
  for (const [, group] of groups) {
    expect(group.name).toMatch(/\$\{data\.terraform_remote_state\./);
    expect(group).toMatchObject({ retention_in_days: 30, kms_key_id: expect.stringContaining('remote_state') });
  }
});

test('the link is made in both regions: request, acceptance, names, routes', () => {
  const json = stacks.get('example-eu-central-1-link-eu-west-1') as Json;
  const of = (type: string) => Object.values(json.resource?.[type] ?? {});
  expect(of('aws_vpc_peering_connection')).toMatchObject([{ provider: 'aws.eu-central-1', peer_region: 'eu-west-1' }]);
  expect(of('aws_vpc_peering_connection_accepter')).toMatchObject([{ provider: 'aws.eu-west-1', auto_accept: true }]);
  expect(of('aws_vpc_peering_connection_options')).toMatchObject([
    { provider: 'aws.eu-central-1', requester: { allow_remote_vpc_dns_resolution: true } },
    { provider: 'aws.eu-west-1', accepter: { allow_remote_vpc_dns_resolution: true } },
  ]);
  expect(of('aws_route').map(({ provider, destination_cidr_block }) => [provider, destination_cidr_block])).toEqual([
    ['aws.eu-central-1', '10.21.0.0/16'],
    ['aws.eu-west-1', '10.20.0.0/16'],
  ]);
  // Blocks of /28 with nothing but brokers in them, never a whole network.
  const blocks = [...of('aws_vpc_security_group_ingress_rule'), ...of('aws_vpc_security_group_egress_rule')].map(
    ({ cidr_ipv4 }) => String(cidr_ipv4),
  );
  expect(blocks.filter((block) => /\/(28|20)$/.test(block))).toEqual(blocks);
});

test.each([
  [{ regions: {} }, /one region or more/],
  [{ topology: { kind: 'hub', hub: 'sa-east-1' } }, /none of the regions/],
  [{ queues: [{ ...SETTINGS.queues[0], initialDelayMs: 200 }] }, /1000/],
  [
    {
      regions: {
        'eu-west-1': SETTINGS.regions['eu-west-1'],
        'us-east-1': { ...SETTINGS.regions['us-east-1'], maintenance: SETTINGS.regions['eu-west-1']?.maintenance },
      },
    },
    /same maintenance day/,
  ],
  [{ users: { ...SETTINGS.users, bridges: SETTINGS.users.applications } }, /one username twice/],
  [{ users: { ...SETTINGS.users, bridges: [] } }, /users/],
  [
    { users: { ...SETTINGS.users, bridges: [{ username: 'a-b', passwordVersion: 1 }] } },
    /lower-case letters, digits and _/,
  ],
])('settings that can not work are refused: %j', (change, message) => {
  const result = z.safeParse(schema, { ...SETTINGS, ...change });
  expect(result.success).toBe(false);
  expect(JSON.stringify(result.error?.issues)).toMatch(message);
});
