import validate from 'asl-validator';
import { recoveryDefinition } from '../../../modules/circuit-breaker/recovery-definition';

interface State {
  readonly Type: string;
  readonly Next?: string;
  readonly Default?: string;
  readonly Choices?: { readonly StringEquals: string; readonly Next: string }[];
  readonly Catch?: { readonly ErrorEquals: string[]; readonly Next: string }[];
}

const definition = recoveryDefinition({
  recoverArn: 'arn:aws:lambda:eu-west-1:111111111111:function:orders-recover',
}) as { StartAt: string; States: Record<string, State> };

test('the recovery is valid Amazon States Language', () => {
  expect(validate(definition)).toMatchObject({ isValid: true, errors: [] });
});

test('every phase that waits for the dependency asks the canary before it looks again', () => {
  const choices = definition.States.Phase?.Choices ?? [];
  expect(choices.map(({ StringEquals }) => StringEquals)).toEqual(['open', 'half-open', 'closed', 'held', 'hand-over']);
  for (const phase of ['open', 'half-open', 'closed']) {
    const waiting = choices.find(({ StringEquals }) => StringEquals === phase)?.Next as string;
    expect(definition.States[waiting]).toMatchObject({ Type: 'Wait', Next: 'Canary' });
  }
});

test('a canary that fails in whatever way is looked at, like any red one', () => {
  expect(definition.States.Canary?.Catch).toEqual([
    expect.objectContaining({ ErrorEquals: ['States.ALL'], Next: 'Look' }),
  ]);
});
