import { shop } from './defaults';
import { defineEnvironment } from './settings';

export const dev = defineEnvironment({
  name: 'dev',
  account: '111111111111',
  regions: ['eu-central-1'],
  state: { kind: 's3', bucket: 'spillway-terraform-state-111111111111', region: 'eu-central-1' },
  deletionProtection: false,
  logRetentionDays: 30,
  ownKey: true,
  tags: { Project: 'spillway', Owner: 'shop-platform' },
  shops: [
    {
      ...shop,
      payment: { url: 'https://payment.dev.example.com' },
      authorization: { kind: 'iam' },
    },
  ],
});
