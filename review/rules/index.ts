import { alarmRules } from './blind-alarms';
import { logRules } from './blind-logs';
import { monitoringRules } from './blind-monitoring';
import { brokerRules } from './brokers';
import { costRules } from './cost';
import { driftRules } from './drift';
import { exposureRules } from './exposure';
import { exposurePermissionRules } from './exposure-permissions';
import { secretRules } from './exposure-secrets';
import { kafkaRules } from './kafka';
import { deadLetterRules } from './loss-dead-letters';
import { filterRules } from './loss-filters';
import { holderRules } from './loss-holders';
import { protectionRules } from './loss-protection';
import { redriveRules } from './loss-redrive';
import { renameRules } from './loss-renamed';
import { retentionRules } from './loss-retention';
import { routeRules } from './loss-routes';
import { streamRules } from './loss-streams';
import { planStateRules } from './plan-state';
import type { Rule } from './rule';
import { stateMachineRules } from './state-machines';
import { capacityRules } from './stops-capacity';
import { consumerStopRules } from './stops-consumers';
import { delayRules } from './stops-delays';
import { deliveryRules } from './stops-delivery';
import { entryRules } from './stops-entries';
import { fifoRules } from './stops-fifo';
import { invocationRules } from './stops-invocations';
import { keyRules } from './stops-keys';
import { networkRules } from './stops-network';
import { permissionRules } from './stops-permissions';
import { queuePolicyRules } from './stops-queue-policy';
import { roleRules } from './stops-roles';
import { stormRules } from './storms';

export const RULES: readonly Rule[] = [
  ...holderRules,
  ...renameRules,
  ...protectionRules,
  ...retentionRules,
  ...redriveRules,
  ...deadLetterRules,
  ...routeRules,
  ...filterRules,
  ...streamRules,
  ...stateMachineRules,
  ...stormRules,
  ...consumerStopRules,
  ...capacityRules,
  ...delayRules,
  ...deliveryRules,
  ...entryRules,
  ...fifoRules,
  ...permissionRules,
  ...roleRules,
  ...invocationRules,
  ...queuePolicyRules,
  ...keyRules,
  ...networkRules,
  ...brokerRules,
  ...kafkaRules,
  ...alarmRules,
  ...logRules,
  ...monitoringRules,
  ...exposureRules,
  ...exposurePermissionRules,
  ...secretRules,
  ...costRules,
  ...planStateRules,
  ...driftRules,
].sort((a, b) => (a.id < b.id ? -1 : 1));
