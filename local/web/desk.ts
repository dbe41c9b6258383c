import { type PageSettings, pagePolicy } from '../../functions/desk/contract';
import type { LocalEnvironment } from '../environment';
import { LOCAL_CLIENT } from '../issuer/issuer';
import { RequestError } from './exchange';

/** What the desk's page is told here; on AWS the module writes it. */
export function deskSettings({ issuer }: LocalEnvironment): PageSettings {
  if (!issuer) throw new RequestError(404, 'There is no issuer here.');
  return {
    api: '/api/desk',
    issuer: issuer.url,
    clientId: LOCAL_CLIENT,
    scope: 'openid',
    links: [
      { text: 'Shop', href: '/' },
      { text: 'Operations', href: '/operations' },
      { text: 'Dead letters', href: '/desk' },
    ],
  };
}

/** The same policy as on AWS. */
export const deskPolicy = ({ issuer }: LocalEnvironment): string => pagePolicy(issuer ? [issuer.url] : []);
