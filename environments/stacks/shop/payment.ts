import { TerraformVariable } from 'cdktf';
import type { ShopSettings } from '../../settings';
import type { EnvironmentStack } from '../environment-stack';
import { PaymentSimulator } from './payment-simulator';

/** Where a shop's orders are paid, and what is asked for there. */
export interface PaymentSystem {
  /** Base address. */
  readonly paymentUrl: string;
  /** ARN of the secret that it asks for as a bearer token. Default: it asks for none. */
  readonly paymentSecretArn?: string;
  /** ARN of the KMS key that this secret is under. Default: the account's `aws/secretsmanager`, or the shop's own key. */
  readonly paymentSecretKmsKeyArn?: string;
}

/** The real payment system, a simulated one of the stack's own, or whatever a Terraform variable says. */
export function paymentSystem(
  stack: EnvironmentStack,
  { payment }: ShopSettings,
  prefix: string,
  kmsKeyArn: string | undefined,
): PaymentSystem {
  if ('url' in payment) {
    const { url: paymentUrl, secretArn: paymentSecretArn, secretKmsKeyArn: paymentSecretKmsKeyArn } = payment;
    return { paymentUrl, paymentSecretArn, paymentSecretKmsKeyArn };
  }
  if ('simulated' in payment) {
    const { logRetentionDays } = stack.settings;
    const simulator = new PaymentSimulator(stack, 'payment', { prefix, logRetentionDays, kmsKeyArn });
    stack.outputs({ payment_secret_name: simulator.secretName });
    return { paymentUrl: simulator.url, paymentSecretArn: simulator.secretArn };
  }
  const variable = new TerraformVariable(stack, payment.variable, {
    type: 'string',
    default: payment.default,
    description: 'Base address of the payment system; every lane has a path of its own in it',
  });
  return { paymentUrl: `${variable.stringValue}${payment.path}` };
}
