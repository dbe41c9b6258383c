import type { Grantee } from './grantee';

/**
 * Lets a function read a secret. Under a key of one's own its value can't be read without the key, which is used through Secrets Manager only. Source: Secrets Manager guide, "Secret
 * encryption and decryption".
 *
 * @param kmsKeyArn of the key that the secret is under. Default: the account's `aws/secretsmanager`, which whoever may read the secret may use
 */
export function grantSecret(grantee: Grantee, secretArn: string | undefined, kmsKeyArn?: string): void {
  if (!secretArn) return;
  grantee.grant(['secretsmanager:GetSecretValue'], [secretArn]);
  // A key belongs to one region, so the service's name there need not be spelt out.
  const throughSecretsManager = { StringLike: { 'kms:ViaService': 'secretsmanager.*.amazonaws.com' } };
  if (kmsKeyArn) grantee.grant(['kms:Decrypt'], [kmsKeyArn], throughSecretsManager);
}
