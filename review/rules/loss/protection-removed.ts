import { properties } from '../../brokers/kafka';
import { resourceOfTarget } from '../../graph/graph';
import type { Messaging } from '../../graph/messaging';
import { read, survives } from '../../graph/side';
import { isProtected } from '../../graph/stateful';
import type { Resource } from '../../plan/model';
import { isOpen, type Value } from '../../plan/values';
import { type AnyPath, DELETION_PROTECTION, type TypeName } from '../../resources';
import type { Draft, Rule } from '../rule';

/** Settings of a configuration that decide whether a record survives the loss of a broker (Kafka documentation, "Broker configs"). */
const DURABILITY: readonly { name: string; weaker: (before: string, after: string) => boolean; what: string }[] = [
  {
    name: 'min.insync.replicas',
    weaker: (before, after) => Number(after) < Number(before) && Number(after) < 2,
    what: 'a write counts as done when one broker has it, and is gone with that broker',
  },
  {
    name: 'default.replication.factor',
    weaker: (before, after) => Number(after) < Number(before) && Number(after) < 3,
    what: 'new topics have fewer copies, and with one copy every restart of a broker stops them',
  },
  {
    name: 'unclean.leader.election.enable',
    weaker: (before, after) => before !== 'true' && after === 'true',
    what: 'a replica that lags may become leader, and what it had not copied yet is deleted',
  },
  {
    name: 'offsets.topic.replication.factor',
    weaker: (before, after) => Number(after) < Number(before) && Number(after) < 3,
    what: 'the places of consumer groups are lost with fewer brokers',
  },
  {
    name: 'transaction.state.log.min.isr',
    weaker: (before, after) => Number(after) < Number(before) && Number(after) < 2,
    what: 'a transaction can be forgotten with one broker',
  },
];
/** What a configuration says less of than before, with what follows from it. */
export function weakerSettings(configuration: Resource): { before: string; after: string; what: string }[] {
  const [before, after] = [properties(configuration, 'before'), properties(configuration, 'after')];
  if (!survives(configuration) || !before || !after) return [];
  return DURABILITY.flatMap(({ name, weaker, what }) => {
    // What a configuration leaves out depends on the cluster and its version.
    const [was, is] = [before.get(name), after.get(name)];
    return was !== undefined && is !== undefined && weaker(was, is)
      ? [{ before: `${name} ${was}`, after: `${name} ${is}`, what }]
      : [];
  });
}

/** What stands between a mistake and the loss of everything. */
interface Guard {
  readonly type: TypeName;
  readonly path: AnyPath;
  readonly on: (value: Value | undefined) => boolean;
  readonly what: string;
  readonly why: string;
  readonly severity?: 'medium';
}

const isTrue = (value: Value | undefined): boolean => value === true || value === 'true';
const isNotTrue = (value: Value | undefined): boolean => !isTrue(value);
/** Left out it is 30 days. */
const isNotZero = (value: Value | undefined): boolean => Number(value ?? 30) !== 0;
const KEEP = 'Keep it on; if the next step is a planned deletion, say so in the pull request.';

const GUARDS: readonly Guard[] = [
  {
    type: 'aws_dynamodb_table',
    path: 'point_in_time_recovery.0.enabled',
    on: isTrue,
    what: 'point-in-time recovery',
    why: "Without it one wrong delete can't be undone; the past 35 days of restore points go at once.",
  },
  {
    type: 'aws_secretsmanager_secret',
    path: 'recovery_window_in_days',
    on: isNotZero,
    what: 'recovery window',
    why: 'The next destroy deletes the secret at once: for up to 30 days it could have been restored.',
    severity: 'medium',
  },
  {
    type: 'aws_efs_backup_policy',
    path: 'backup_policy.0.status',
    on: (value) => value === 'ENABLED',
    what: 'backups',
    why: 'The file system is no longer backed up.',
  },
  {
    type: 'aws_s3_bucket',
    path: 'force_destroy',
    on: isNotTrue,
    what: 'protection of a bucket that is not empty',
    why: 'With force_destroy the next destroy of the bucket deletes every object in it first.',
    severity: 'medium',
  },
  {
    type: 'aws_s3_bucket_versioning',
    path: 'versioning_configuration.0.status',
    on: (value) => value === 'Enabled',
    what: 'versioning',
    why: 'What is overwritten or deleted from then on is gone.',
    severity: 'medium',
  },
  {
    type: 'aws_kinesis_stream',
    path: 'enforce_consumer_deletion',
    on: isNotTrue,
    what: 'protection of a stream that has consumers',
    why: 'The next destroy takes the stream away from under its registered consumers.',
    severity: 'medium',
  },
];

export const rule: Rule = {
  id: 'loss/protection-removed',
  severity: 'high',
  title: 'A guard against loss is switched off',
  *check({ graph }) {
    for (const resource of graph.changed) yield* deletionProtection(resource);
    for (const { type, path, on, what, why, severity } of GUARDS) {
      for (const resource of graph.ofType(type)) {
        const goes = resource.action === 'destroy' && SETTINGS[type] !== undefined && !ownerGoes(graph, resource);
        const before = read(resource, 'before', path);
        const after = read(resource, 'after', path);
        if ((resource.action !== 'update' && !goes) || !on(before) || on(after) || isOpen(before)) continue;
        // A block that is unknown on the way reads as absent below.
        if (!goes && isOpen(after)) continue;
        yield {
          resource,
          ...(severity ? { severity } : {}),
          before: `${what} on`,
          after: `${what} off`,
          why,
          action: KEEP,
        };
      }
    }
    for (const configuration of graph.ofType('aws_msk_configuration')) {
      const weaker = weakerSettings(configuration);
      if (weaker.length === 0) continue;
      const consequences = weaker.map(({ what }) => what).join('; ');
      yield {
        resource: configuration,
        before: weaker.map(({ before }) => before).join(', '),
        after: weaker.map(({ after }) => after).join(', '),
        why: `${consequences.charAt(0).toUpperCase()}${consequences.slice(1)}.`,
        action: 'Keep three copies of which two must have a write (3 and 2), and no unclean election.',
      };
    }
  },
};

/** Of whatever type: a switch that is on before, and certainly off afterwards. */
function* deletionProtection(resource: Resource): Generator<Draft> {
  if (resource.action !== 'update') return;
  const open = DELETION_PROTECTION.some((path) => isOpen(read(resource, 'after', path)));
  if (open || !isProtected(resource, 'before') || isProtected(resource, 'after')) return;
  yield {
    resource,
    before: 'deletion protection on',
    after: 'deletion protection off',
    why: "Without it one wrong delete can't be undone.",
    action: KEEP,
  };
}

/** Guards that are resources of their own: to destroy one is to switch it off, unless what it guards goes as well. */
const SETTINGS: Readonly<Record<string, { readonly path: AnyPath; readonly owner: string }>> = {
  aws_efs_backup_policy: { path: 'file_system_id', owner: 'aws_efs_file_system' },
  aws_s3_bucket_versioning: { path: 'bucket', owner: 'aws_s3_bucket' },
};

function ownerGoes(graph: Messaging, resource: Resource): boolean {
  const { path, owner } = SETTINGS[resource.type] ?? { path: 'id', owner: '' };
  const found = resourceOfTarget(graph.follow(resource, 'before', path, [owner]));
  return found?.action === 'destroy' || found?.action === 'replace';
}
