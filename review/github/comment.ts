import { PlanError } from '../plan/errors';

/** Where the comment of a pull request stands. */
export interface PullRequest {
  /** https://api.github.com, or that of an own server. */
  readonly api: string;
  /** owner/name */
  readonly repository: string;
  readonly number: number;
  readonly token: string;
}

interface Comment {
  readonly id: number;
  readonly body?: string;
  readonly user?: { readonly type?: string };
}

/** One comment for each name, found again by its first line. Somebody's own text with that line is left alone. */
export class StickyComment {
  private readonly marker: string;

  constructor(
    private readonly pull: PullRequest,
    name: string,
  ) {
    this.marker = `<!-- spillway-review ${name} -->\n`;
  }

  async find(): Promise<Comment | undefined> {
    for (let page = 1; ; page++) {
      const comments = (await this.request('GET', `issues/${this.pull.number}/comments?per_page=100&page=${page}`)) as
        | Comment[]
        | undefined;
      if (!comments)
        throw new PlanError(`GitHub knows no pull request ${this.pull.number}, or its token may not see it`);
      const own = comments.find(({ body, user }) => user?.type === 'Bot' && body?.startsWith(this.marker));
      if (own || comments.length < 100) return own;
    }
  }

  async write(text: string, found: Comment | undefined): Promise<void> {
    const body = `${this.marker}${text}`;
    if (found) await this.request('PATCH', `issues/comments/${found.id}`, { body });
    else await this.request('POST', `issues/${this.pull.number}/comments`, { body });
  }

  private request(method: string, path: string, body?: unknown): Promise<unknown> {
    return request(this.pull, method, path, body);
  }
}

/** A file as the branch has it that the pull request is for; undefined where there is none. What a pull request changes of it can't count for itself. */
export async function fileOfBase(pull: PullRequest, base: string, path: string): Promise<string | undefined> {
  const encoded = path.split('/').map(encodeURIComponent).join('/');
  const file = (await request(pull, 'GET', `contents/${encoded}?ref=${base}`)) as { content: string } | undefined;
  return file && Buffer.from(file.content, 'base64').toString('utf8');
}

async function request(pull: PullRequest, method: string, path: string, body?: unknown): Promise<unknown> {
  const { api, repository, token } = pull;
  const response = await fetch(`${api}/repos/${repository}/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'application/vnd.github+json',
      'x-github-api-version': '2022-11-28',
      'user-agent': 'spillway-review',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (response.ok) return response.json();
  if (response.status === 404 && method === 'GET') return undefined;
  const permission = path.startsWith('contents/') ? 'contents: read' : 'pull-requests: write';
  const hint = response.status === 403 ? `; the job needs \`permissions: { ${permission} }\`` : '';
  throw new PlanError(`GitHub answered ${method} ${path} with ${response.status}${hint}`);
}
