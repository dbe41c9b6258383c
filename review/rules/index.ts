import { blindnessRules } from './blindness';
import { brokerRules } from './brokers';
import { costRules } from './cost';
import { exposureRules } from './exposure';
import { deadLetterRules } from './loss-dead-letters';
import { holderRules } from './loss-holders';
import { routeRules } from './loss-routes';
import { planStateRules } from './plan-state';
import type { Rule } from './rule';
import { accessStopRules } from './stops-access';
import { consumerStopRules } from './stops-consumers';
import { keyRules } from './stops-keys';
import { stormRules } from './storms';

export const RULES: readonly Rule[] = [
  ...holderRules,
  ...deadLetterRules,
  ...routeRules,
  ...stormRules,
  ...consumerStopRules,
  ...accessStopRules,
  ...keyRules,
  ...brokerRules,
  ...blindnessRules,
  ...exposureRules,
  ...costRules,
  ...planStateRules,
].sort((a, b) => (a.id < b.id ? -1 : 1));
