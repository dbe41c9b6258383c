import { touched } from '../../graph/change';
import type { Messaging } from '../../graph/messaging';
import { read, type Side } from '../../graph/side';
import { constantsOf, expressionAt } from '../../plan/configuration';
import { list } from '../../plan/format';
import type { Resource } from '../../plan/model';
import { isRecord, SENSITIVE, type Value } from '../../plan/values';
import type { Rule } from '../rule';

const SECRET_NAME =
  /(^|_|-)(password|passwd|passphrase|secret|token|api_?key|private_?key|access_?key|credentials?)($|_|-)/i;
/** Names of secrets' places are not secrets: PASSWORD_SECRET_ARN, TOKEN_PARAMETER_NAME. */
const SECRET_PLACE = /(arn|name|id|path|url|parameter|ttl|seconds|expiry|queue|table|length|type)$/i;
/** Attributes that are a secret by what they are, and must never be a constant of the configuration. */
const SECRET_ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  aws_mq_broker: ['user'],
  aws_secretsmanager_secret_version: ['secret_string'],
  aws_db_instance: ['password'],
  aws_rds_cluster: ['master_password'],
  aws_elasticache_replication_group: ['auth_token'],
};

export const rule: Rule = {
  id: 'exposure/plain-secret',
  severity: 'high',
  title: 'A secret stands in plain text',
  *check({ graph }) {
    for (const fn of graph.ofType('aws_lambda_function')) {
      if (!touched(fn)) continue;
      const had = new Set(plainVariables(fn, 'before').map(({ name }) => name));
      const fresh = plainVariables(fn, 'after').filter(({ name }) => !had.has(name));
      if (fresh.length === 0) continue;
      const marked = fresh.every(({ sensitive }) => sensitive);
      yield {
        resource: fn,
        severity: fresh.some(({ certain }) => certain) ? 'high' : 'medium',
        after: `environment: ${list(fresh.map(({ name }) => name))}`,
        why: `Whoever may read the function’s configuration${marked ? '' : ', the state or this plan'} can read it${marked ? ': that Terraform hides it in its output changes nothing there, nor in the state' : ''}.`,
        action: 'Keep it in Secrets Manager or an encrypted parameter and give the function its ARN.',
      };
    }
    for (const [type, attributes] of Object.entries(SECRET_ATTRIBUTES)) {
      for (const resource of graph.ofType(type)) {
        for (const attribute of attributes) {
          const fresh = resource.action === 'create' || resource.changedSecrets.includes(attribute);
          if (!fresh || !isConstant(graph, resource, attribute)) continue;
          yield {
            resource,
            after: `${attribute}: a constant in the configuration`,
            why: 'The secret is in the repository, its history and every plan; whoever reads one of them has it.',
            action:
              'Let it be generated (random_password, a write-only argument) or read from Secrets Manager, and change this one now.',
          };
        }
      }
    }
  },
};

interface PlainVariable {
  readonly name: string;
  readonly sensitive: boolean;
  /** Its name or its form says that it is a secret, not only a mark. */
  readonly certain: boolean;
}

/** Values that are secrets whatever they are called: a password in an address, a token by its known form. */
const SECRET_VALUE =
  /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@|^(?:AKIA|ASIA)[A-Z0-9]{16}$|^(?:sk|rk)_live_|^gh[pousr]_[A-Za-z0-9]{20}|^xox[abprs]-|^glpat-|^SG\.[\w-]{16}|-----BEGIN [A-Z ]*PRIVATE KEY|^eyJ[\w-]{10,}\.eyJ|^hvs\.|^https:\/\/hooks\.slack\.com\/services\//;

/** Environment variables that hold a secret, by their name, their form or the mark on them. No value leaves this function. */
function plainVariables(fn: Resource, side: Side): PlainVariable[] {
  const variables = read(fn, side, 'environment.0.variables');
  if (variables === SENSITIVE) return [{ name: '(all, marked sensitive)', sensitive: true, certain: false }];
  if (!isRecord(variables)) return [];
  return Object.entries(variables as Record<string, Value>).flatMap(([name, value]): PlainVariable[] => {
    const secretName = SECRET_NAME.test(name) && !SECRET_PLACE.test(name);
    if (value === SENSITIVE) {
      return SECRET_PLACE.test(name) ? [] : [{ name, sensitive: true, certain: secretName }];
    }
    if (typeof value !== 'string' || value === '') return [];
    const form = SECRET_VALUE.test(value);
    const place = /^(arn:|https?:\/\/|\/|\{\{resolve:)/.test(value);
    return form || (secretName && !place) ? [{ name, sensitive: false, certain: true }] : [];
  });
}

function isConstant(graph: Messaging, resource: Resource, attribute: string): boolean {
  const expression = expressionAt(graph.block(resource)?.expressions, attribute);
  const secrets = Array.isArray(expression)
    ? expression.map((block) => (isRecord(block) ? (block as Record<string, never>).password : undefined))
    : [expression];
  return secrets
    .flatMap((secret) => constantsOf(secret))
    .some((value) => typeof value === 'string' && value !== '' && !value.includes('${'));
}
