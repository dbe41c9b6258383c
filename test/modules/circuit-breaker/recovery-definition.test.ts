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

test('a look follows every wait, so that nothing is asked that was held in the meantime', () => {
  const choices = definition.States.Phase?.Choices ?? [];
  const next = Object.fromEntries(choices.map(({ StringEquals, Next }) => [StringEquals, Next]));
  expect(Object.keys(next)).toEqual(['open', 'half-open', 'closed', 'held', 'ask', 'hand-over']);
  for (const phase of ['open', 'half-open', 'closed', 'held'])
    expect(definition.States[String(next[phase])]).toMatchObject({ Type: 'Wait', Next: 'Look' });
  expect(next.ask).toBe('Canary');
});

test('a canary that fails in whatever way is looked at, like any red one', () => {
  expect(definition.States.Canary?.Catch).toEqual([
    expect.objectContaining({ ErrorEquals: ['States.ALL'], Next: 'Look' }),
  ]);
});
