import { rule } from '../../../../review/rules/loss/left-behind';
import { describeRule } from '../../describe-rule';
import { arn, constant, reference, resource } from '../../small-plan';

const table = { name: 'orders', id: 'orders', arn: arn('dynamodb', 'table/orders') };
const address = 'aws_dynamodb_table.orders';
const gone = (expressions: Record<string, unknown>, after: Record<string, unknown> = {}, variables = {}) => ({
  format_version: '1.2',
  variables,
  resource_changes: [
    resource(address, null, { after: { name: 'orders', ...after }, unknown: { arn: true, id: true } }),
  ],
  resource_drift: [resource(address, table, { after: null })],
  configuration: {
    provider_config: { aws: { name: 'aws', expressions } },
    root_module: {
      resources: [
        { mode: 'managed', type: 'aws_dynamodb_table', name: 'orders', provider_config_key: 'aws', expressions: {} },
      ],
    },
  },
});

describeRule(rule, [
  [
    'the region comes from a variable',
    gone({ region: reference('var.region') }, {}, { region: { value: 'eu-west-1' } }),
    [`critical ${address}`],
  ],
  [
    'the variable says where it was',
    gone({ region: reference('var.region') }, {}, { region: { value: 'eu-central-1' } }),
    [],
  ],
  [
    'the resource itself says another region',
    gone({ region: constant('eu-central-1') }, { region: 'eu-west-1' }),
    [`critical ${address}`],
  ],
  [
    'the provider is held to another account',
    gone({ region: constant('eu-central-1'), allowed_account_ids: constant(['999988887777']) }),
    [`critical ${address}`],
  ],
  ['nobody can tell where the provider looks', gone({ region: reference('local.region') }), []],
]);
