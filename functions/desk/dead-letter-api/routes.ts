import * as z from 'zod/mini';
import type { Desk } from '../core/desk';
import { STATUSES } from '../core/letter';
import type { QueueOperations } from '../core/operations';
import { PatchError } from '../core/patch';
import { beginRelease, planRelease, steer, watchRelease } from '../core/releases';
import { type Actor, ForbiddenError } from '../core/roles';
import { searchLetters } from '../core/search';
import { RefusedError } from '../core/sending';
import { NotFoundError, StaleError } from '../core/store';
import { timelineOf } from '../core/timeline';

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  /** The body as it came. Whatever is content stands here, never in an address: addresses get into logs. */
  readonly body?: string | undefined;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Asked for as it can't be. */
class BadRequestError extends Error {
  override readonly name = 'BadRequestError';
}

interface Call {
  readonly desk: Desk;
  readonly operations: QueueOperations;
  readonly actor: Actor;
  /** What the path names: a letter, a group, a release, a day. */
  readonly of: string;
  readonly body: unknown;
  /** Starts the worker. */
  start(): Promise<void>;
}

/** Reads a body. @throws BadRequestError that names each field at fault */
function read<Schema extends z.ZodMiniType>(schema: Schema, body: unknown): z.infer<Schema> {
  const result = z.safeParse(schema, body ?? {});
  if (result.success) return result.data;
  const issues = result.error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`);
  throw new BadRequestError(issues.join('; '));
}

const version = z.int().check(z.gte(1));
const words = z.string().check(z.maxLength(2000));
const closing = z.strictObject({ version, why: words });
const versioned = z.strictObject({ version });
const listing = z.strictObject({
  status: z.optional(z.enum(STATUSES)),
  text: z.optional(words),
  after: z.optional(z.string().check(z.maxLength(200))),
  limit: z.optional(z.int().check(z.gte(1), z.lte(100))),
});
const showing = z.strictObject({ reveal: z.optional(z.boolean()) });
const editing = z.strictObject({
  version,
  body: z.string().check(z.maxLength(1_048_576)),
  newId: z.optional(z.boolean()),
});
const releasing = z.strictObject({
  patch: z.optional(z.string().check(z.maxLength(100_000))),
  largestWave: z.optional(z.int().check(z.gte(1), z.lte(100))),
  rate: z.optional(z.int().check(z.gte(1), z.lte(100))),
});
const searching = z.strictObject({ where: words, after: z.optional(z.string().check(z.maxLength(200))) });
const naming = z.strictObject({ id: z.string().check(z.minLength(1), z.maxLength(512)) });
const ofQueue = z.string().check(z.maxLength(200));
const releasingParked = z.strictObject({
  queue: ofQueue,
  dryRun: z.optional(z.boolean()),
  rate: z.optional(z.int().check(z.gte(1), z.lte(500))),
});
const deciding = {
  queue: ofQueue,
  dependency: z.string().check(z.maxLength(200)),
  why: z.string().check(z.minLength(1), z.maxLength(300)),
};
const holding = z.strictObject({
  ...deciding,
  hold: z.enum(['open', 'closed']),
  until: z.iso.datetime({ offset: true }),
  replace: z.optional(z.boolean()),
});
const lifting = z.strictObject(deciding);
const describing = z.strictObject({ owner: z.optional(words), note: z.optional(words) });
const commenting = z.strictObject({ text: z.string().check(z.minLength(1), z.maxLength(2000)) });
const exporting = z.strictObject({ after: z.optional(z.string().check(z.maxLength(2000))) });

/** Milliseconds for a dry run: the rest of a large group is `more`. An HTTP API waits for 30 s. Source: API Gateway guide, "Quotas for HTTP APIs". */
const PLANNING_MS = 10_000;

/** Lets a release go on, and has the worker begin at once. */
const goesOn =
  (command: 'approve' | 'resume') =>
  async ({ desk, actor, of, start }: Call) => {
    const release = await steer(desk, actor, of, command);
    await start();
    return release;
  };

/** Method, path (`:` stands for what it names) → what answers it. */
const ROUTES: readonly (readonly [method: string, path: string, answer: (call: Call) => Promise<unknown>])[] = [
  ['GET', '/me', async ({ actor }) => actor],
  ['GET', '/queues', ({ desk, actor }) => desk.queues(actor)],
  ['GET', '/groups', ({ desk, actor }) => desk.groups(actor)],
  ['POST', '/groups/:/letters', ({ desk, actor, of, body }) => desk.list(actor, { group: of, ...read(listing, body) })],
  ['POST', '/groups/:/describe', ({ desk, actor, of, body }) => desk.describe(actor, of, read(describing, body))],
  ['POST', '/groups/:/comment', ({ desk, actor, of, body }) => desk.comment(actor, of, read(commenting, body).text)],
  ['GET', '/groups/:/history', ({ desk, actor, of }) => desk.history(actor, of)],
  ['GET', '/groups/:/trend', ({ desk, actor, of }) => desk.trend(actor, of)],
  ['POST', '/letters/:/comment', ({ desk, actor, of, body }) => desk.comment(actor, of, read(commenting, body).text)],
  [
    'POST',
    '/groups/:/plan',
    ({ desk, actor, of, body }) => planRelease(desk, actor, { group: of, ...read(releasing, body) }, PLANNING_MS),
  ],
  [
    'POST',
    '/groups/:/release',
    async ({ desk, actor, of, body, start }) => {
      const release = await beginRelease(desk, actor, { group: of, ...read(releasing, body) });
      await start();
      return release;
    },
  ],
  ['POST', '/parked', ({ operations, actor, body }) => operations.releaseParked(actor, read(releasingParked, body))],
  [
    'POST',
    '/breaker',
    ({ operations, actor, body }) => operations.breaker(actor, read(z.strictObject({ queue: ofQueue }), body).queue),
  ],
  ['POST', '/breaker/hold', ({ operations, actor, body }) => operations.hold(actor, read(holding, body))],
  ['POST', '/breaker/lift', ({ operations, actor, body }) => operations.lift(actor, read(lifting, body))],
  ['POST', '/search', ({ desk, actor, body }) => searchLetters(desk, actor, read(searching, body))],
  ['POST', '/timeline', ({ desk, actor, body }) => timelineOf(desk, actor, read(naming, body).id)],
  ['POST', '/letters/:/show', ({ desk, actor, of, body }) => desk.show(actor, of, read(showing, body))],
  ['POST', '/letters/:/edit', ({ desk, actor, of, body }) => desk.edit(actor, of, read(editing, body))],
  ['POST', '/letters/:/send', ({ desk, actor, of, body }) => desk.send(actor, of, read(versioned, body).version)],
  [
    'POST',
    '/letters/:/set-aside',
    ({ desk, actor, of, body }) => {
      const { version: seen, why } = read(closing, body);
      return desk.setAside(actor, of, seen, why);
    },
  ],
  [
    'POST',
    '/letters/:/discard',
    ({ desk, actor, of, body }) => {
      const { version: seen, why } = read(closing, body);
      return desk.discard(actor, of, seen, why);
    },
  ],
  ['POST', '/letters/:/reopen', ({ desk, actor, of, body }) => desk.reopen(actor, of, read(versioned, body).version)],
  [
    'GET',
    '/releases',
    async ({ desk, actor }) => {
      await desk.permit(actor, 'look', 'releases');
      return desk.ports.store.releases();
    },
  ],
  ['GET', '/releases/:', ({ desk, actor, of }) => watchRelease(desk, actor, of)],
  ['POST', '/releases/:/approve', goesOn('approve')],
  ['POST', '/releases/:/pause', ({ desk, actor, of }) => steer(desk, actor, of, 'pause')],
  ['POST', '/releases/:/resume', goesOn('resume')],
  ['POST', '/releases/:/cancel', ({ desk, actor, of }) => steer(desk, actor, of, 'cancel')],
  ['POST', '/audit/:', ({ desk, actor, of, body }) => desk.auditOn(actor, of, read(exporting, body).after)],
];

/** What names a letter, a group, a release or a day: nothing that could mean anything elsewhere. */
const NAME = '([\\w-]{1,64})';
const routes = ROUTES.map(([method, path, answer]) => ({
  method,
  pattern: new RegExp(`^${path.replace(':', NAME)}$`),
  answer,
}));

/** Answers a request of somebody whose token was checked. */
export async function answer(
  { method, path, body }: ApiRequest,
  { desk, operations, start }: Pick<Call, 'desk' | 'operations' | 'start'>,
  actor: Actor,
): Promise<ApiAnswer> {
  for (const route of routes) {
    const match = route.pattern.exec(path);
    if (!match || route.method !== method) continue;
    try {
      const said = await route.answer({ desk, operations, actor, of: match[1] ?? '', body: parse(body), start });
      return { status: 200, body: said ?? {} };
    } catch (error) {
      return refusal(error);
    }
  }
  return { status: 404, body: { error: 'There is nothing here' } };
}

function parse(body: string | undefined): unknown {
  if (!body) return undefined;
  try {
    return JSON.parse(body);
  } catch {
    throw new BadRequestError('the body is not JSON');
  }
}

/** Kind of error → HTTP status. */
const REFUSALS = [
  [ForbiddenError, 403],
  [NotFoundError, 404],
  [RefusedError, 409],
  [PatchError, 400],
  [BadRequestError, 400],
] as const;

/** @throws what is no refusal: the function fails then, and rings */
function refusal(error: unknown): ApiAnswer {
  if (error instanceof StaleError) {
    const { changed, version: now, status } = error.letter;
    return { status: 409, body: { error: error.message, changed, version: now, status } };
  }
  const [, status] = REFUSALS.find(([kind]) => error instanceof kind) ?? [];
  if (status === undefined) throw error;
  return { status, body: { error: (error as Error).message } };
}
