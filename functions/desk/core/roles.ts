/** Who may do what: each role may do what the one before it may. */
export const ROLES = ['viewer', 'operator', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Somebody who asks for something. */
export interface Actor {
  readonly name: string;
  readonly role: Role;
}

/** What can be asked for → who may, at the least. */
export const ACTIONS = {
  look: 'viewer',
  reveal: 'operator',
  edit: 'operator',
  send: 'operator',
  'set aside': 'operator',
  discard: 'operator',
  reopen: 'operator',
  describe: 'operator',
  comment: 'operator',
  release: 'operator',
  'release parked': 'operator',
  hold: 'operator',
  attach: 'admin',
  'export audit': 'admin',
} as const satisfies Readonly<Record<string, Role>>;
export type Action = keyof typeof ACTIONS;

export const may = ({ role }: Pick<Actor, 'role'>, action: Action): boolean =>
  ROLES.indexOf(role) >= ROLES.indexOf(ACTIONS[action]);

/** Somebody has no right to what was asked for. */
export class ForbiddenError extends Error {
  override readonly name = 'ForbiddenError';

  constructor({ name, role }: Actor, action: Action) {
    super(`${name} is ${role}; to ${action} takes ${ACTIONS[action]}`);
  }
}
