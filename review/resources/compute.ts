import type { ResourceType } from './resource-type';

const NAMESPACE = {
  lost: 'the namespace: whoever looks up a name in it finds nothing',
  refusedWhile: { left: 'a service' },
  severity: 'high',
  first: 'Move its services and those who look them up first',
  move: 'register its services there',
} as const;

/** Containers that may be consumers. */
export const compute = {
  aws_ecs_cluster: {
    attributes: [],
    holds: {
      lost: 'the cluster with every service in it',
      refusedWhile: { left: 'a service' },
      severity: 'high',
      first: 'Move its services first, those that were deployed from elsewhere included',
      move: 'move every service over',
    },
  },
  aws_service_discovery_private_dns_namespace: { attributes: [], holds: NAMESPACE },
  aws_service_discovery_http_namespace: { attributes: [], holds: NAMESPACE },
  aws_service_discovery_public_dns_namespace: { attributes: [], holds: NAMESPACE },
  aws_eks_cluster: {
    attributes: ['encryption_config'],
    key: 'encryption_config.0.provider.0.key_arn',
    holds: {
      lost: 'everything that runs in the cluster, consumers that were deployed from elsewhere and their volumes included',
      severity: 'critical',
      first: 'Show that nothing runs in it any more',
      occupied: [
        { type: 'aws_eks_node_group', path: 'cluster_name' },
        { type: 'aws_eks_fargate_profile', path: 'cluster_name' },
      ],
      move: 'move every workload over, let what the old ones have in work come to its end',
    },
  },
  aws_appautoscaling_target: {
    attributes: ['service_namespace', 'resource_id', 'scalable_dimension', 'min_capacity', 'max_capacity'],
    one: { identity: ['service_namespace', 'resource_id', 'scalable_dimension'], created: 'over it' },
  },
  aws_eks_node_group: { attributes: ['cluster_name'] },
  aws_eks_fargate_profile: { attributes: ['cluster_name'] },
  aws_ecs_service: { attributes: ['desired_count', 'task_definition', 'cluster'] },
  aws_ecs_task_definition: { attributes: ['family', 'container_definitions'] },
  kubernetes_deployment: { attributes: ['metadata', 'spec'] },
  kubernetes_deployment_v1: { attributes: ['metadata', 'spec'] },
  kubernetes_namespace: {
    attributes: ['metadata'],
    holds: {
      lost: 'everything in the namespace, what others deployed into it and its volumes included',
      severity: 'critical',
      first: 'Show that nothing is left in it (`kubectl get all,pvc`)',
      move: 'move every workload and volume over',
    },
  },
  kubernetes_namespace_v1: {
    attributes: ['metadata'],
    holds: {
      lost: 'everything in the namespace, what others deployed into it and its volumes included',
      severity: 'critical',
      first: 'Show that nothing is left in it (`kubectl get all,pvc`)',
      move: 'move every workload and volume over',
    },
  },
} as const satisfies Readonly<Record<string, ResourceType>>;
