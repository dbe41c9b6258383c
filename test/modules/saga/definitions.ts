import fc from 'fast-check';
import type { SagaDefinition, Sequence, Task } from '../../../modules/saga';

/** A saga's form without its names: a number is a step (0: no compensation, 1: with one, 2: with one and a final error), a list of lists a parallel group. */
export type Shape = (number | Shape[])[];

export const any = (): fc.Arbitrary<Shape> =>
  fc.letrec<{ sequence: Shape; branches: Shape[] }>((tie) => ({
    branches: fc.array(tie('sequence'), { minLength: 1, maxLength: 3 }),
    sequence: fc.array(
      fc.oneof(
        { maxDepth: 2, depthSize: 'small', withCrossShrink: true },
        fc.integer({ min: 0, max: 2 }),
        tie('branches') as fc.Arbitrary<Shape[]>,
      ),
      { minLength: 1, maxLength: 3 },
    ),
  })).sequence;

export const REFUSAL = 'Refused';

/** Gives every step and group of a form a name. */
export function named(shape: Shape, settings: Pick<Task, 'timeout' | 'retry'> = {}): SagaDefinition {
  let count = 0;
  const task = (name: string): Task => ({
    ...settings,
    name,
    resource: 'arn:aws:states:::lambda:invoke',
    arguments: { FunctionName: name, Payload: '{% $states.input.results %}' },
    result: '$states.result.Payload',
  });
  const sequence = (form: Shape): Sequence =>
    form.map((part) => {
      count += 1;
      const name = `s${count}`;
      if (Array.isArray(part)) return { name: `group ${name}`, branches: part.map(sequence) };
      return {
        action: task(name),
        ...(part > 0 && { compensation: task(`undo-${name}`) }),
        ...(part === 2 && { finalErrors: [REFUSAL] }),
      };
    });
  return { steps: sequence(shape), afterCompensation: task('afterwards') };
}
