import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { Internal } from '../runtime/failures';
import { patience } from '../runtime/patience';

/** Milliseconds that a secret is believed: a rotated one is used after that at the latest. */
const BELIEVED_MS = 300_000;

/**
 * What a function sends along so that the payment system knows who is asking: `Bearer <secret>`, read from Secrets Manager and kept for five minutes in the sandbox.
 *
 * @param secretArn none: the payment system asks for no credentials, as the local simulator
 * @throws Internal: the message then comes back, as with any failure of our own side
 */
export function paymentAuthorization(secretArn: string | undefined): () => Promise<string | undefined> {
  if (!secretArn) return async () => undefined;
  const client = new SecretsManagerClient(patience());
  let known: { readonly header: Promise<string>; readonly until: number } | undefined;
  return () => {
    if (!known || known.until < Date.now()) {
      const header = client.send(new GetSecretValueCommand({ SecretId: secretArn })).then(
        ({ SecretString }) => {
          if (!SecretString)
            throw new Internal(`${secretArn} has no value. Give it one: aws secretsmanager put-secret-value`);
          return `Bearer ${SecretString}`;
        },
        (error: Error) => {
          throw new Internal(`the payment secret can't be read: ${error.message}`, { cause: error });
        },
      );
      known = { header, until: Date.now() + BELIEVED_MS };
      // A failure is not kept: the next call asks again.
      header.catch(() => {
        known = undefined;
      });
    }
    return known.header;
  };
}
