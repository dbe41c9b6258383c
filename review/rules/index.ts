// Written by `npm run new-rule`: every file in the folder of a family is a rule.
import { rule as blindAlarmLoosened } from './blind/alarm-loosened';
import { rule as blindAlarmOrphaned } from './blind/alarm-orphaned';
import { rule as blindAlarmRemoved } from './blind/alarm-removed';
import { rule as blindAlarmSilent } from './blind/alarm-silent';
import { rule as blindBrokerLogs } from './blind/broker-logs';
import { rule as blindDeadLettersUnwatched } from './blind/dead-letters-unwatched';
import { rule as blindLogRetention } from './blind/log-retention';
import { rule as blindLogsRemoved } from './blind/logs-removed';
import { rule as blindMonitoringReduced } from './blind/monitoring-reduced';
import { rule as blindTracingRemoved } from './blind/tracing-removed';
import { rule as costIncrease } from './cost/increase';
import { rule as exposureEncryptionOff } from './exposure/encryption-off';
import { rule as exposurePlainSecret } from './exposure/plain-secret';
import { rule as exposurePublic } from './exposure/public';
import { rule as exposureWildcard } from './exposure/wildcard';
import { rule as lossCompetingConsumers } from './loss/competing-consumers';
import { rule as lossDeadLetterMissing } from './loss/dead-letter-missing';
import { rule as lossDeadLetterRetention } from './loss/dead-letter-retention';
import { rule as lossDeadLetterType } from './loss/dead-letter-type';
import { rule as lossDestroyed } from './loss/destroyed';
import { rule as lossErrorHandlingRemoved } from './loss/error-handling-removed';
import { rule as lossFilterChanged } from './loss/filter-changed';
import { rule as lossForgotten } from './loss/forgotten';
import { rule as lossGoneOutside } from './loss/gone-outside';
import { rule as lossIndexShifted } from './loss/index-shifted';
import { rule as lossInlineCleared } from './loss/inline-cleared';
import { rule as lossLeftBehind } from './loss/left-behind';
import { rule as lossOverwritten } from './loss/overwritten';
import { rule as lossProtectionRemoved } from './loss/protection-removed';
import { rule as lossRedriveDenied } from './loss/redrive-denied';
import { rule as lossRedriveRemoved } from './loss/redrive-removed';
import { rule as lossRenamed } from './loss/renamed';
import { rule as lossReplaced } from './loss/replaced';
import { rule as lossRetentionShortened } from './loss/retention-shortened';
import { rule as lossRetriesReduced } from './loss/retries-reduced';
import { rule as lossRouteRemoved } from './loss/route-removed';
import { rule as lossRouteReplaced } from './loss/route-replaced';
import { rule as lossStreamPosition } from './loss/stream-position';
import { rule as lossTimeToLive } from './loss/time-to-live';
import { rule as planActionInvoked } from './plan/action-invoked';
import { rule as planCheckFailed } from './plan/check-failed';
import { rule as planDrift } from './plan/drift';
import { rule as planIncomplete } from './plan/incomplete';
import type { Rule } from './rule';
import { rule as stopAliasRetargeted } from './stop/alias-retargeted';
import { rule as stopBrokerLoginRemoved } from './stop/broker-login-removed';
import { rule as stopBrokerRestart } from './stop/broker-restart';
import { rule as stopBrokersTogether } from './stop/brokers-together';
import { rule as stopCapacityReduced } from './stop/capacity-reduced';
import { rule as stopClusterRolling } from './stop/cluster-rolling';
import { rule as stopConcurrencyZero } from './stop/concurrency-zero';
import { rule as stopDeduplication } from './stop/deduplication';
import { rule as stopDeliveryDelayed } from './stop/delivery-delayed';
import { rule as stopEngineUpgrade } from './stop/engine-upgrade';
import { rule as stopEntryRemoved } from './stop/entry-removed';
import { rule as stopInvokePermissionRemoved } from './stop/invoke-permission-removed';
import { rule as stopKeyAliasRetargeted } from './stop/key-alias-retargeted';
import { rule as stopKeyDisabled } from './stop/key-disabled';
import { rule as stopKeyPermission } from './stop/key-permission';
import { rule as stopKeyPolicy } from './stop/key-policy';
import { rule as stopKeySender } from './stop/key-sender';
import { rule as stopMappingDisabled } from './stop/mapping-disabled';
import { rule as stopMappingEnabled } from './stop/mapping-enabled';
import { rule as stopMappingRemoved } from './stop/mapping-removed';
import { rule as stopMappingReplaced } from './stop/mapping-replaced';
import { rule as stopMessageShape } from './stop/message-shape';
import { rule as stopNetworkPath } from './stop/network-path';
import { rule as stopPermissionRemoved } from './stop/permission-removed';
import { rule as stopQueuePolicy } from './stop/queue-policy';
import { rule as stopRedundancyRemoved } from './stop/redundancy-removed';
import { rule as stopRoleUnusable } from './stop/role-unusable';
import { rule as stopRouteDisabled } from './stop/route-disabled';
import { rule as stopServiceStopped } from './stop/service-stopped';
import { rule as stopSubscriptionType } from './stop/subscription-type';
import { rule as stopVisibilityLong } from './stop/visibility-long';
import { rule as stormBatchSize } from './storm/batch-size';
import { rule as stormBisectRemoved } from './storm/bisect-removed';
import { rule as stormConcurrencyAboveReserved } from './storm/concurrency-above-reserved';
import { rule as stormLimitLoosened } from './storm/limit-loosened';
import { rule as stormPartialBatch } from './storm/partial-batch';
import { rule as stormReceiveCount } from './storm/receive-count';
import { rule as stormTimeoutRaised } from './storm/timeout-raised';
import { rule as stormVisibility } from './storm/visibility';

/** All rules, by their id. */
export const RULES: readonly Rule[] = [
  blindAlarmLoosened,
  blindAlarmOrphaned,
  blindAlarmRemoved,
  blindAlarmSilent,
  blindBrokerLogs,
  blindDeadLettersUnwatched,
  blindLogRetention,
  blindLogsRemoved,
  blindMonitoringReduced,
  blindTracingRemoved,
  costIncrease,
  exposureEncryptionOff,
  exposurePlainSecret,
  exposurePublic,
  exposureWildcard,
  lossCompetingConsumers,
  lossDeadLetterMissing,
  lossDeadLetterRetention,
  lossDeadLetterType,
  lossDestroyed,
  lossErrorHandlingRemoved,
  lossFilterChanged,
  lossForgotten,
  lossGoneOutside,
  lossIndexShifted,
  lossInlineCleared,
  lossLeftBehind,
  lossOverwritten,
  lossProtectionRemoved,
  lossRedriveDenied,
  lossRedriveRemoved,
  lossRenamed,
  lossReplaced,
  lossRetentionShortened,
  lossRetriesReduced,
  lossRouteRemoved,
  lossRouteReplaced,
  lossStreamPosition,
  lossTimeToLive,
  planActionInvoked,
  planCheckFailed,
  planDrift,
  planIncomplete,
  stopAliasRetargeted,
  stopBrokerLoginRemoved,
  stopBrokerRestart,
  stopBrokersTogether,
  stopCapacityReduced,
  stopClusterRolling,
  stopConcurrencyZero,
  stopDeduplication,
  stopDeliveryDelayed,
  stopEngineUpgrade,
  stopEntryRemoved,
  stopInvokePermissionRemoved,
  stopKeyAliasRetargeted,
  stopKeyDisabled,
  stopKeyPermission,
  stopKeyPolicy,
  stopKeySender,
  stopMappingDisabled,
  stopMappingEnabled,
  stopMappingRemoved,
  stopMappingReplaced,
  stopMessageShape,
  stopNetworkPath,
  stopPermissionRemoved,
  stopQueuePolicy,
  stopRedundancyRemoved,
  stopRoleUnusable,
  stopRouteDisabled,
  stopServiceStopped,
  stopSubscriptionType,
  stopVisibilityLong,
  stormBatchSize,
  stormBisectRemoved,
  stormConcurrencyAboveReserved,
  stormLimitLoosened,
  stormPartialBatch,
  stormReceiveCount,
  stormTimeoutRaised,
  stormVisibility,
];
