import type { CloudwatchCompositeAlarm } from '@cdktf/provider-aws/lib/cloudwatch-composite-alarm';
import type { CloudwatchMetricAlarm } from '@cdktf/provider-aws/lib/cloudwatch-metric-alarm';
import { Aspects, TerraformResource } from 'cdktf';
import type { Construct, IConstruct } from 'constructs';

/** How the text of an alarm names its page: at its end. */
const PAGE = /Runbook: ([\w-]+)\.$/;

/**
 * Makes the runbook that each alarm below a construct names a link that can be followed at night: `Runbook: orders-parked.` becomes `Runbook: <baseUrl>/orders-parked.md`. Nothing follows
 * the address, because a full stop would become part of the link.
 *
 * @param baseUrl where the pages of `docs/runbooks` are published, for example `https://git.example.com/shop/blob/main/docs/runbooks`
 */
export function linkRunbooks(scope: Construct, baseUrl: string): void {
  const folder = baseUrl.replace(/\/+$/, '');
  Aspects.of(scope).add({
    visit(node: IConstruct) {
      if (!isAlarm(node)) return;
      const text = node.alarmDescriptionInput;
      if (text) node.alarmDescription = text.replace(PAGE, (_, page: string) => `Runbook: ${folder}/${page}.md`);
    },
  });
}

const isAlarm = (node: IConstruct): node is CloudwatchMetricAlarm | CloudwatchCompositeAlarm =>
  TerraformResource.isTerraformResource(node) &&
  /^aws_cloudwatch_(metric|composite)_alarm$/.test(node.terraformResourceType);
