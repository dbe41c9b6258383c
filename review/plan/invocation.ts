import type { ActionInvocation } from './model';
import { isRecord, textOf, type Value } from './values';

/** The attributes by which the provider's actions name what they are done to. */
const TARGETS = ['function_name', 'topic_arn', 'queue_url', 'state_machine_arn', 'event_bus_name', 'cluster_name'];

/** An entry of `action_invocations` or `deferred_action_invocations` (terraform, internal/command/jsonplan/action_invocations.go). */
export function invocationOf(entry: unknown): ActionInvocation | undefined {
  const value = isRecord(entry) && isRecord(entry.action_invocation) ? entry.action_invocation : entry;
  if (!isRecord(value) || typeof value.address !== 'string') return undefined;
  const values = isRecord(value.config_values) ? value.config_values : {};
  const sensitive = isRecord(value.config_sensitive) ? value.config_sensitive : {};
  const named = TARGETS.find((name) => sensitive[name] !== true && textOf(values[name] as Value) !== undefined);
  return {
    address: value.address,
    type: String(value.type),
    target: named === undefined ? undefined : String(values[named]),
    trigger: triggerOf(value.lifecycle_action_trigger),
  };
}

/** `AfterUpdate` of a resource → "after update of ADDRESS". */
function triggerOf(trigger: unknown): string | undefined {
  if (!isRecord(trigger) || typeof trigger.triggering_resource_address !== 'string') return undefined;
  const event = String(trigger.action_trigger_event)
    .replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`)
    .replace(/_/g, ' ')
    .toLowerCase();
  return `${event} of ${trigger.triggering_resource_address}`;
}
