/**
 * What Amazon MQ permits of ActiveMQ's XML, for every element that this module writes; anything else does not synthesize, because Amazon MQ would
 * drop it silently ("sanitization warnings") and the broker would behave otherwise than its configuration reads.
 *
 * Source: Amazon MQ developer guide, "Elements and their attributes permitted" and "Child collection elements" (permitted-attributes.html,
 * permitted-collections.html, child-element-details.html); where the stored pages have no row (networkConnector, kahaDB, memoryUsage), the
 * element classes of AWS's own CDK construct library for Amazon MQ.
 */
export interface Permitted {
  readonly attributes: readonly string[];
  readonly children: readonly string[];
}

const words = (text: string) => text.trim().split(/\s+/);
const element = (attributes: string, children = ''): Permitted => ({
  attributes: attributes ? words(attributes) : [],
  children: children ? words(children) : [],
});
const deadLetterAttributes =
  'enableAudit expiration maxAuditDepth maxProducersToAudit processExpired processNonPersistent';
const destinationLists =
  'durableDestinations dynamicallyIncludedDestinations excludedDestinations staticallyIncludedDestinations';

export const PERMITTED: Readonly<Record<string, Permitted>> = {
  broker: element(
    `advisorySupport allowTempAutoCreationOnSend cacheTempDestinations consumerSystemUsagePortion dedicatedTaskRunner
     deleteAllMessagesOnStartup keepDurableSubsActive enableMessageExpirationOnActiveDurableSubs maxPurgedDestinationsPerSweep
     maxSchedulerRepeatAllowed monitorConnectionSplits networkConnectorStartAsync offlineDurableSubscriberTaskSchedule
     offlineDurableSubscriberTimeout persistenceThreadPriority persistent populateJMSXUserID producerSystemUsagePortion
     rejectDurableConsumers rollbackOnlyOnAsyncException schedulePeriodForDestinationPurge schedulerSupport
     splitSystemUsageForProducersConsumers taskRunnerPriority timeBeforePurgeTempDestinations
     useAuthenticatedPrincipalForJMSXUserID useMirroredQueues useTempMirroredQueues useVirtualDestSubs
     useVirtualDestSubsOnCreation useVirtualTopics`,
    'destinationInterceptors destinationPolicy destinations networkConnectors persistenceAdapter plugins systemUsage transportConnectors',
  ),
  destinationPolicy: element('', 'policyMap'),
  policyMap: element('', 'defaultEntry policyEntries'),
  policyEntries: element('', 'policyEntry'),
  policyEntry: element(
    `advisoryForConsumed advisoryForDelivery advisoryForDiscardingMessages advisoryForFastProducers advisoryForSlowConsumers
     advisoryWhenFull allConsumersExclusiveByDefault alwaysRetroactive blockedProducerWarningInterval consumersBeforeDispatchStarts
     cursorMemoryHighWaterMark doOptimzeMessageStorage durableTopicPrefetch enableAudit expireMessagesPeriod gcInactiveDestinations
     gcWithNetworkConsumers inactiveTimeoutBeforeGC inactiveTimoutBeforeGC includeBodyForAdvisory lazyDispatch maxAuditDepth
     maxBrowsePageSize maxDestinations maxExpirePageSize maxPageSize maxProducersToAudit maxQueueAuditDepth memoryLimit
     messageGroupMapFactoryType minimumMessageSize optimizedDispatch optimizeMessageStoreInFlightLimit persistJMSRedelivered
     prioritizedMessages producerFlowControl queue queueBrowserPrefetch queuePrefetch reduceMemoryFootprint
     sendAdvisoryIfNoConsumers sendFailIfNoSpace sendFailIfNoSpaceAfterTimeout sendDuplicateFromStoreToDLQ storeUsageHighWaterMark
     strictOrderDispatch tempQueue tempTopic timeBeforeDispatchStarts topic topicPrefetch useCache useConsumerPriority
     usePrefetchExtension`,
    'deadLetterStrategy networkBridgeFilterFactory slowConsumerStrategy',
  ),
  deadLetterStrategy: element('', 'discarding individualDeadLetterStrategy sharedDeadLetterStrategy'),
  individualDeadLetterStrategy: element(
    `destinationPerDurableSubscriber ${deadLetterAttributes} queuePrefix queueSuffix topicPrefix topicSuffix
     useQueueForQueueMessages useQueueForTopicMessages`,
  ),
  networkBridgeFilterFactory: element('', 'conditionalNetworkBridgeFilterFactory'),
  conditionalNetworkBridgeFilterFactory: element(
    'rateDuration rateLimit replayDelay replayWhenNoConsumers selectorAware',
  ),
  slowConsumerStrategy: element('', 'abortSlowAckConsumerStrategy abortSlowConsumerStrategy'),
  abortSlowAckConsumerStrategy: element(
    'abortConnection checkPeriod ignoreIdleConsumers ignoreNetworkConsumers maxSlowCount maxSlowDuration maxTimeSinceLastAck name',
  ),
  networkConnectors: element('', 'networkConnector'),
  networkConnector: element(
    `advisoryAckPercentage advisoryForFailedForward advisoryPrefetchSize alwaysSyncSend bridgeFactory bridgeTempDestinations
     brokerName brokerURL checkDuplicateMessagesOnDuplex clientIdToken conduitNetworkQueueSubscriptions conduitSubscriptions
     connectionFilter consumerPriorityBase consumerTTL decreaseNetworkConsumerPriority destinationFilter dispatchAsync duplex
     dynamicOnly gcDestinationViews gcSweepTime localUri messageTTL name networkTTL objectName prefetchSize staticBridge
     suppressDuplicateQueueSubscriptions suppressDuplicateTopicSubscriptions syncDurableSubs uri useCompression
     useVirtualDestSubs userName`,
    destinationLists,
  ),
  excludedDestinations: element('', 'queue tempQueue tempTopic topic'),
  queue: element('DLQ physicalName'),
  persistenceAdapter: element('', 'kahaDB'),
  kahaDB: element(
    `concurrentStoreAndDispatchQueues cleanupOnStop checkpointInterval indexWriteBatchSize journalDiskSyncInterval
     journalDiskSyncStrategy preallocationStrategy`,
  ),
  plugins: element(
    '',
    `authorizationPlugin discardingDLQBrokerPlugin forcePersistencyModeBrokerPlugin redeliveryPlugin statisticsBrokerPlugin
     timeStampingBrokerPlugin`,
  ),
  authorizationPlugin: element('', 'map'),
  map: element('', 'authorizationMap'),
  authorizationMap: element('', 'authorizationEntries defaultEntry tempDestinationAuthorizationEntry'),
  authorizationEntries: element('', 'authorizationEntry tempDestinationAuthorizationEntry'),
  authorizationEntry: element('admin queue read tempQueue tempTopic topic write'),
  tempDestinationAuthorizationEntry: element(
    'admin queue read tempQueue tempTopic topic write',
    'tempDestinationAuthorizationEntry',
  ),
  redeliveryPlugin: element('fallbackToDeadLetter sendToDlqIfMaxRetriesExceeded', 'redeliveryPolicyMap'),
  redeliveryPolicyMap: element('', 'defaultEntry redeliveryPolicyEntries redeliveryPolicyMap'),
  redeliveryPolicyEntries: element('', 'redeliveryPolicy'),
  defaultEntry: element('', 'policyEntry redeliveryPolicy'),
  redeliveryPolicy: element(
    `backOffMultiplier collisionAvoidancePercent initialRedeliveryDelay maximumRedeliveries maximumRedeliveryDelay
     preDispatchCheck queue redeliveryDelay tempQueue tempTopic topic useCollisionAvoidance useExponentialBackOff`,
  ),
  statisticsBrokerPlugin: element(''),
  systemUsage: element('sendFailIfNoSpace sendFailIfNoSpaceAfterTimeout', 'memoryUsage systemUsage'),
  memoryUsage: element('percentOfJvmHeap', 'memoryUsage'),
};
