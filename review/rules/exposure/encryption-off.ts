import type { Statement } from '../../access/document';
import { holderDocuments, policyChange } from '../../access/holders';
import { booleanOn, touched } from '../../graph/change';
import { existsOn, read, type Side, survives } from '../../graph/side';
import type { Resource } from '../../plan/model';
import { isAbsent, isOpen, textOf } from '../../plan/values';
import type { TypePath } from '../../resources';
import type { Rule } from '../rule';

type Encrypted = boolean | undefined;
/** Whether what a resource holds is encrypted; undefined while the plan can't tell. */
const ENCRYPTION: Readonly<Record<string, (resource: Resource, side: Side) => Encrypted>> = {
  aws_sqs_queue: (queue, side) => {
    const key = read(queue, side, 'kms_master_key_id');
    const managed = read(queue, side, 'sqs_managed_sse_enabled');
    if (isOpen(key) || !isAbsent(key)) return true;
    // SQS encrypts new queues by itself unless told not to.
    return isOpen(managed) ? undefined : (booleanOn(queue, side, 'sqs_managed_sse_enabled') ?? true);
  },
  aws_sns_topic: (topic, side) => {
    const key = read(topic, side, 'kms_master_key_id');
    return isOpen(key) || !isAbsent(key);
  },
  aws_kinesis_stream: (stream, side) => {
    const kind = read(stream, side, 'encryption_type');
    return isOpen(kind) ? undefined : textOf(kind) === 'KMS';
  },
  aws_efs_file_system: (system, side) => booleanOn(system, side, 'encrypted'),
  aws_db_instance: (database, side) => booleanOn(database, side, 'storage_encrypted'),
  aws_rds_cluster: (database, side) => booleanOn(database, side, 'storage_encrypted'),
  aws_ssm_parameter: (parameter, side) => {
    const type = read(parameter, side, 'type');
    return isOpen(type) ? undefined : textOf(type) === 'SecureString';
  },
  aws_msk_cluster: (cluster, side) => {
    const transit = read(cluster, side, 'encryption_info.0.encryption_in_transit.0.client_broker');
    return isOpen(transit) ? undefined : textOf(transit) !== 'PLAINTEXT' && textOf(transit) !== 'TLS_PLAINTEXT';
  },
};
/** Data at rest in these is encrypted by AWS even without a key of one's own, or is a mere pass-through. */
const NEW_ONES_MAY_BE_PLAIN = new Set(['aws_sns_topic', 'aws_db_instance', 'aws_rds_cluster', 'aws_ssm_parameter']);

/** Keys of the team's own, and what encrypts when there is none. */
const OWN_KEYS: readonly (TypePath & { otherwise: string })[] = [
  { type: 'aws_sqs_queue', path: 'kms_master_key_id', otherwise: 'encrypted with a key of SQS' },
  {
    type: 'aws_dynamodb_table',
    path: 'server_side_encryption.0.kms_key_arn',
    otherwise: 'encrypted with a key of DynamoDB',
  },
  { type: 'aws_cloudwatch_log_group', path: 'kms_key_id', otherwise: 'encrypted with a key of CloudWatch Logs' },
  { type: 'aws_lambda_function', path: 'kms_key_arn', otherwise: 'encrypted with a key of Lambda' },
  { type: 'aws_secretsmanager_secret', path: 'kms_key_id', otherwise: 'encrypted with a key of Secrets Manager' },
];

export const rule: Rule = {
  id: 'exposure/encryption-off',
  severity: 'high',
  title: 'Messages or data are not encrypted',
  *check({ graph }) {
    for (const [type, encrypted] of Object.entries(ENCRYPTION)) {
      for (const resource of graph.ofType(type)) {
        if (!touched(resource) || encrypted(resource, 'after') !== false) continue;
        const fresh = !existsOn(resource, 'before');
        if (fresh ? NEW_ONES_MAY_BE_PLAIN.has(type) : encrypted(resource, 'before') !== true) continue;
        yield {
          resource,
          severity: fresh ? 'medium' : 'high',
          before: fresh ? undefined : 'encrypted',
          after: 'not encrypted',
          why: 'What people order, and what failed with it, is readable for whoever gets at the storage or the wire.',
          action: 'Keep the KMS key; SSE with the service’s own key costs nothing.',
        };
      }
    }
    for (const holder of graph.ofType('aws_sqs_queue', 'aws_sns_topic')) {
      const change = policyChange(graph, holder);
      if (!change || !survives(holder)) continue;
      const [before, after] = [holderDocuments(graph, holder, 'before'), holderDocuments(graph, holder, 'after')];
      if (!after.complete || !before.statements.some(refusesPlain) || after.statements.some(refusesPlain)) continue;
      yield {
        resource: change,
        severity: 'medium',
        title: 'Connections that are not encrypted are let in',
        before: `${holder.address} refuses what comes without TLS`,
        after: 'does not',
        why: 'What people order is readable on the way for whoever sends or reads without TLS, and nobody notices that somebody does.',
        action: 'Keep the Deny on `aws:SecureTransport` = false.',
      };
    }
    for (const { type, path, otherwise } of OWN_KEYS) {
      for (const resource of graph.ofType(type)) {
        const before = read(resource, 'before', path);
        const open = isOpen(read(resource, 'after', path));
        if (resource.action !== 'update' || isAbsent(before) || isOpen(before) || open) continue;
        if (!isAbsent(read(resource, 'after', path)) || ENCRYPTION[type]?.(resource, 'after') === false) continue;
        yield {
          resource,
          severity: 'low',
          before: 'encrypted with a key of your own',
          after: otherwise,
          why: 'It is still encrypted, but no key policy says any more who may read it, no record of the key shows who did, and the key can not be switched off.',
          action: 'Say why the key is not needed; else keep it.',
        };
      }
    }
  },
};

const refusesPlain = ({ effect, conditions }: Statement): boolean =>
  effect === 'Deny' && conditions.some(({ key }) => key.toLowerCase() === 'aws:securetransport');
