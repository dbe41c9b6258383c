export { EventBus } from './event-bus';
export type { EventRule } from './event-rule';
export { GlobalEndpoint } from './global-endpoint';
export type { EventPattern } from './pattern';
export type { EventBusProps, EventRuleProps, GlobalEndpointProps, TargetProps } from './props';
