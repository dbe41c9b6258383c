import { placesOf } from './generated';

const up = (path: string): string => '../'.repeat(path.split('/').length - 1);

/** A rule that works already, about a setting that hardly anybody changes: what it says and asks is to be replaced. */
export function scaffold(id: string): Readonly<Record<string, string>> {
  const { rule, test, page } = placesOf(id);
  return { [rule]: ruleText(id), [test]: testText(id, test), [page]: pageText(id) };
}

/** Every sentence that has to be replaced begins so; a rule that still has one is not finished. */
export const UNFINISHED = 'To be written:';

const ruleText = (id: string): string => `import { numberChange } from '../../graph/change';
import type { Rule } from '../rule';

export const rule: Rule = {
  id: '${id}',
  severity: 'medium',
  title: '${UNFINISHED} what goes wrong, in one line',
  *check({ graph }) {
    for (const queue of graph.ofType('aws_sqs_queue')) {
      const change = numberChange(queue, 'max_message_size');
      if (!change || change.after >= change.before) continue;
      yield {
        resource: queue,
        before: \`\${change.before} bytes\`,
        after: \`\${change.after} bytes\`,
        why: '${UNFINISHED} what happens to messages then.',
        action: '${UNFINISHED} what the author of the change can do.',
      };
    }
  },
};
`;

const testText = (id: string, path: string): string => `import { rule } from '${up(path)}review/rules/${id}';
import { describeRule } from '../../describe-rule';

describeRule(rule);
`;

const example = (size: number): string =>
  JSON.stringify(
    {
      format_version: '1.2',
      resource_changes: [
        {
          address: 'aws_sqs_queue.orders',
          mode: 'managed',
          type: 'aws_sqs_queue',
          name: 'orders',
          change: {
            actions: ['update'],
            before: { name: 'orders', max_message_size: 262_144 },
            after: { name: 'orders', max_message_size: size },
          },
        },
      ],
    },
    null,
    2,
  );

const pageText = (id: string): string => `# ${id}

${UNFINISHED} what goes wrong, in one line. Usual severity: **medium**.

${UNFINISHED} when it fires, and what is left to other rules.

## Fires

\`\`\`json
${example(1024)}
\`\`\`

## Does not fire

${UNFINISHED} what is nearly the same and all right.

\`\`\`json
${example(262_144)}
\`\`\`
`;
