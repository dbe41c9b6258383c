import { group, seconds } from '../plan/format';
import { type Ask, DEPTHS } from './command';
import type { Question } from './questions';

/** The account behind the credentials, read only. */
export interface Account {
  /** Its twelve digits. */
  id(): Promise<string>;
  depth(region: string, url: string): Promise<Readonly<Record<string, string>>>;
  /** The values of the data points. */
  metric(region: string, ask: Ask & { kind: 'metric' }): Promise<readonly number[]>;
  /** The ARN of each; of one that nobody has confirmed, `PendingConfirmation`. */
  subscribers(region: string, topic: string): Promise<readonly string[]>;
}

/** A plan that destroys a thousand queues is not to bring a pipeline to the limits of its account. */
const MOST = 300;
const AT_ONCE = 5;

/** Asks for everything, a few at a time. What can't be asked says why: it never fails a review. */
export async function answered(questions: readonly Question[], account: Account): Promise<Question[]> {
  const answers: Question[] = [...questions];
  const id = await account.id().catch((error: unknown) => error as Error);
  const queue = questions.entries();
  const worker = async () => {
    for (const [index, question] of queue)
      answers[index] = { ...question, answer: index < MOST ? await answerOf(question, account, id) : TOO_MANY };
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return answers;
}

const TOO_MANY = `not asked: only the first ${MOST} questions are`;

async function answerOf(question: Question, account: Account, id: string | Error): Promise<string> {
  const { ask, region } = question;
  if (typeof id !== 'string') return `not asked: ${id.name}`;
  // Metrics of another account of the same name would be empty, and look as if nobody used it.
  if (question.account !== undefined && question.account !== id)
    return `not asked: it is in account ${question.account}, and the credentials are of ${id}`;
  if (region === undefined) return 'not asked: the plan does not tell its region';
  try {
    switch (ask.kind) {
      case 'depth':
        return depthText(await account.depth(region, ask.url));
      case 'metric':
        return metricText(ask, await account.metric(region, ask));
      case 'subscribers':
        return subscribersText(await account.subscribers(region, ask.topic));
    }
  } catch (error) {
    return `not asked: ${(error as Error).name}`;
  }
}

const depthText = (attributes: Readonly<Record<string, string>>) =>
  DEPTHS.map(([name, what]) => `${group(Number(attributes[name] ?? 0))} ${what}`).join(', ');

function metricText({ statistic, unit, hours }: Ask & { kind: 'metric' }, values: readonly number[]): string {
  if (values.length === 0) return hours > 24 ? 'none' : 'none in the last hour';
  const value = statistic === 'Sum' ? values.reduce((sum, each) => sum + each, 0) : Math.max(...values);
  return unit === 'seconds' ? seconds(Math.round(value)) : group(value);
}

function subscribersText(arns: readonly string[]): string {
  const pending = arns.filter((arn) => !arn.startsWith('arn:')).length;
  const confirmed = arns.length - pending;
  const waiting = pending > 0 ? `, ${group(pending)} not confirmed yet` : '';
  return confirmed === 0 ? `nobody${waiting}` : `${group(confirmed)} confirmed${waiting}`;
}
