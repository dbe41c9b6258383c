import { TerraformVariable } from 'cdktf';
import * as z from 'zod/mini';
import { orderConsumer } from '../../../functions/shop/order-consumer/contract';
import { orderMessage } from '../../../functions/shop/orders/contract';
import { DeadLetterDesk, type DeskQueue } from '../../../modules/dead-letter-desk';
import type { TieredQueue } from '../../../modules/tiered-queue';
import type { ShopWith } from '../../settings';
import type { EnvironmentStack } from '../environment-stack';
import type { Foundation } from './foundation';

type DeskSettings = NonNullable<ShopWith<'circuit-breaker'>['desk']>;

/** Where people look at what is in repair, mend it and send it again. */
export function addDesk(
  { stack, prefix, table, alarmActions, kept }: Foundation,
  queue: TieredQueue,
  operated: Pick<DeskQueue, 'canary' | 'redrive' | 'breaker'>,
  { keepDays, approvalAbove, api, page }: DeskSettings,
): void {
  const { account, deletionProtection } = stack.settings;
  const at = page?.regions[stack.region];
  const desk = new DeadLetterDesk(stack, 'desk', {
    deskName: `${prefix}-desk`,
    account,
    queues: [
      {
        id: 'orders',
        deadLetters: queue.repair,
        parked: queue.parked,
        sendTo: queue.main,
        // As it is sent: what a newer shop adds is no fault.
        schema: z.toJSONSchema(orderMessage.message, { io: 'input' }),
        idPath: 'orderId',
        approvalAbove,
        ledger: { table, scope: orderConsumer.scope ?? orderConsumer.name },
        ...operated,
      },
    ],
    api: api && { ...api, issuer: issuerOf(stack, api.issuer) },
    page: page && at && { clientId: page.clientId, ...at },
    keepDays,
    deletionProtection,
    ...kept,
    alarmActions,
  });
  stack.outputs({ desk_table_name: desk.tableName, desk_worker_function_name: desk.worker.functionName });
  if (desk.apiUrl) stack.outputs({ desk_api_url: desk.apiUrl });
  if (desk.pageDomainName) stack.outputs({ desk_page_domain_name: desk.pageDomainName });
}

function issuerOf(stack: EnvironmentStack, issuer: NonNullable<DeskSettings['api']>['issuer']): string {
  if (typeof issuer === 'string') return issuer;
  return new TerraformVariable(stack, issuer.variable, {
    type: 'string',
    default: issuer.default,
    description: 'Address of the issuer whose tokens the desk takes',
  }).stringValue;
}
