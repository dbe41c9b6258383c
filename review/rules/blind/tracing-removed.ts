import { read, type Side, survives } from '../../graph/side';
import type { Resource } from '../../plan/model';
import { isAbsent, isOpen } from '../../plan/values';
import type { AnyPath, TypeName } from '../../resources';
import type { Context, Rule } from '../rule';

/** An attribute that makes things visible: its values from the most to the least that is seen. */
interface Sight {
  readonly type: TypeName;
  readonly path: AnyPath;
  readonly order: readonly string[];
  readonly what: string;
  /** What it is when nothing is written. All are optional and computed: leaving one out shows as no change. */
  readonly otherwise: 'off' | 'INFO';
}

const SIGHTS: readonly Sight[] = [
  {
    type: 'aws_lambda_function',
    path: 'tracing_config.0.mode',
    order: ['Active', 'PassThrough'],
    what: 'tracing',
    otherwise: 'off',
  },
  {
    type: 'aws_sns_topic',
    path: 'tracing_config',
    order: ['Active', 'PassThrough'],
    what: 'tracing',
    otherwise: 'off',
  },
  {
    type: 'aws_sfn_state_machine',
    path: 'tracing_configuration.0.enabled',
    order: ['true', 'false'],
    what: 'tracing',
    otherwise: 'off',
  },
  {
    type: 'aws_sfn_state_machine',
    path: 'logging_configuration.0.level',
    order: ['ALL', 'ERROR', 'FATAL', 'OFF'],
    what: 'execution logging',
    otherwise: 'off',
  },
  {
    type: 'aws_lambda_function',
    path: 'logging_config.0.application_log_level',
    order: ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'],
    what: 'log level',
    otherwise: 'INFO',
  },
  {
    type: 'aws_lambda_function',
    path: 'logging_config.0.system_log_level',
    order: ['DEBUG', 'INFO', 'WARN'],
    what: 'log level of the platform',
    otherwise: 'INFO',
  },
];
/** Failures are still seen; what is lost is the way to them. */
const STILL_SHOWS_FAILURES = new Set(['INFO', 'WARN', 'ERROR']);

export const rule: Rule = {
  id: 'blind/tracing-removed',
  severity: 'medium',
  title: 'Tracing or logging is taken away, or shows less',
  *check({ graph }) {
    const something = graph.changed.length > 0;
    for (const sight of SIGHTS) {
      for (const resource of graph.ofType(sight.type)) {
        const before = seen(resource, 'before', sight);
        if (!survives(resource) || before === undefined || before === sight.order.at(-1)) continue;
        const shownBefore = `${sight.what} ${before}`;
        const lowered = loweredTo(resource, sight);
        if (lowered !== undefined) {
          yield {
            resource,
            severity: STILL_SHOWS_FAILURES.has(lowered) ? 'low' : 'medium',
            before: shownBefore,
            after: `${sight.what} ${lowered}`,
            why:
              lowered === 'off'
                ? 'Where a message lost its time, or itself, can no longer be followed across services.'
                : 'What an execution or a message did before it failed is no longer written down; nobody can tell how it came to that.',
            action: 'Keep it in the configuration.',
          };
        } else if (something && sight.otherwise === 'off' && leftOut(graph, resource, sight.path)) {
          yield {
            resource,
            severity: 'info',
            title: `${sight.what.charAt(0).toUpperCase()}${sight.what.slice(1)} that the configuration does not have`,
            before: shownBefore,
            after: 'not in the configuration (AWS keeps the present setting)',
            why: `Optional and computed: whether it left the configuration or never was in it, the plan looks the same. This apply does not switch it off, but nothing guards it, and a new ${sight.type.replace('aws_', '').replaceAll('_', ' ')} has none.`,
            action: 'If this change takes it out, put it back. Else nothing.',
          };
        }
      }
    }
  },
};

/** What a sight shows on one side; undefined when it is off, or nobody can tell. */
function seen(resource: Resource, side: Side, { path, otherwise }: Sight): string | undefined {
  const value = read(resource, side, path);
  if (isOpen(value)) return undefined;
  if (value !== false && isAbsent(value)) return otherwise === 'off' ? undefined : otherwise;
  return String(value);
}

/** What is left of a sight when it becomes less; undefined while it does not, or nobody can tell. */
function loweredTo(resource: Resource, sight: Sight): string | undefined {
  const { path, order, otherwise } = sight;
  if (isOpen(read(resource, 'after', path))) return undefined;
  const [was, is] = [seen(resource, 'before', sight), seen(resource, 'after', sight)];
  if (is === undefined) return 'off';
  if (was === undefined || !order.includes(was) || order.indexOf(is) <= order.indexOf(was)) return undefined;
  return otherwise === 'off' && is === order.at(-1) ? 'off' : is;
}

const leftOut = (graph: Context['graph'], resource: Resource, path: AnyPath): boolean =>
  graph.isConfigured(resource, path) === false && writtenHere(graph, resource);

/**
 * Plan JSON leaves `dynamic` blocks out of the configuration. Modules from a registry are full of them, so there an
 * absent block says nothing; in the project's own code it says that the block is gone.
 */
function writtenHere(graph: Context['graph'], resource: Resource): boolean {
  return graph.sourcesAbove(resource).every((source) => /^\.{1,2}\//.test(source));
}
