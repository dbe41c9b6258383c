import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './install';

export interface Certificate {
  /** Of its own authority, as PEM. */
  readonly authority: string;
  /** The same as a file, for `NODE_EXTRA_CA_CERTS`. */
  readonly authorityPath: string;
  readonly keyStore: { readonly path: string; readonly password: string };
}

/** A certificate for 127.0.0.1, made with Java's own tool and good for as long as the folder is there. */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const keyStore = { path: join(folder, 'broker.p12'), password: randomBytes(16).toString('hex') };
  const authorityPath = join(folder, 'authority.pem');
  const store = ['-alias', 'broker', '-keystore', keyStore.path, '-storepass', keyStore.password];
  const subject = ['-dname', 'CN=127.0.0.1', '-ext', 'san=ip:127.0.0.1,dns:localhost', '-ext', 'bc:critical=ca:true'];
  const key = ['-storetype', 'PKCS12', '-keyalg', 'EC', '-groupname', 'secp256r1', '-validity', '30'];
  await run('keytool', ['-genkeypair', ...store, ...subject, ...key]);
  await run('keytool', ['-exportcert', '-rfc', ...store, '-file', authorityPath]);
  return { authority: readFileSync(authorityPath, 'utf8'), authorityPath, keyStore };
}
