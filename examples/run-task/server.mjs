// A run task for HCP Terraform and Terraform Enterprise: `HMAC_KEY=… REVIEW=./spillway-review.js node server.mjs`.
import { execFile } from 'node:child_process';
import { createHmac, timingSafeEqual } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

const {
  HMAC_KEY,
  REVIEW = './spillway-review.js',
  POLICY,
  FAIL_ON = 'critical',
  HOST = '127.0.0.1',
  PORT = '8080',
} = process.env;
if (!HMAC_KEY) throw new Error('HMAC_KEY is not set: the key of the run task, without which anybody could send a plan');
const LEVELS = { critical: 'error', high: 'error', medium: 'warning' };
const OUTCOMES = 50;

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const body = Buffer.concat(chunks);
  const signature = Buffer.from(request.headers['x-tfc-task-signature'] ?? '');
  const expected = Buffer.from(createHmac('sha512', HMAC_KEY).update(body).digest('hex'));
  const signed = signature.length === expected.length && timingSafeEqual(signature, expected);
  response.writeHead(signed ? 200 : 401).end();
  if (!signed) return;
  const task = JSON.parse(body.toString());
  // Saving the run task sends one that only asks whether somebody is there.
  if (task.stage !== 'post_plan') return;
  const result = await review(task).catch((error) => failed(`not reviewed: ${error.message}`));
  const answer = await call(task, 'PATCH', task.task_result_callback_url, JSON.stringify({ data: result }));
  console.log(
    `${task.run_id} ${task.workspace_name}: ${result.attributes.status}, ${result.attributes.message} (${answer.status})`,
  );
});

const call = ({ access_token: token }, method, url, body) =>
  fetch(url, {
    method,
    body,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/vnd.api+json' },
  });

async function review(task) {
  const folder = await mkdtemp(join(tmpdir(), 'run-task-'));
  try {
    const [plan, report] = [join(folder, 'plan.json'), join(folder, 'report.json')];
    const response = await call(task, 'GET', task.plan_json_api_url);
    if (!response.ok) throw new Error(`the plan was answered with ${response.status}`);
    await pipeline(Readable.fromWeb(response.body), createWriteStream(plan));
    const parameters = [
      REVIEW,
      `${task.workspace_name}=${plan}`,
      '--fail-on',
      FAIL_ON,
      '--format',
      'json',
      '--output',
      report,
    ];
    const { code, stderr } = await run([...parameters, ...(POLICY ? ['--policy', POLICY] : [])]);
    if (code > 1) return failed(`not reviewed: ${stderr.trim()}`);
    const findings = JSON.parse(await readFile(report, 'utf8')).reviews.flatMap((each) => each.findings);
    return resultOf(code === 0 ? 'passed' : 'failed', findings);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const run = (parameters) =>
  new Promise((resolve) => {
    execFile(process.execPath, parameters, (error, _, stderr) =>
      resolve({ code: error ? (error.code ?? 2) : 0, stderr }),
    );
  });

const failed = (message) => ({
  type: 'task-results',
  attributes: { status: 'failed', message: message.slice(0, 500) },
});

function resultOf(status, findings) {
  const counts = new Map();
  for (const { severity } of findings) counts.set(severity, (counts.get(severity) ?? 0) + 1);
  const message = [...counts].map(([severity, count]) => `${count} ${severity}`).join(', ') || 'nothing to worry about';
  const data = findings.slice(0, OUTCOMES).map(({ rule, severity, address, title, why, action }) => ({
    type: 'task-result-outcomes',
    attributes: {
      'outcome-id': rule,
      description: `${address}: ${title}`,
      body: `${why}\n\n${action}`,
      tags: { Severity: [{ label: severity, level: LEVELS[severity] ?? 'info' }] },
    },
  }));
  return { type: 'task-results', attributes: { status, message }, relationships: { outcomes: { data } } };
}

server.listen(Number(PORT), HOST, () => console.log(`listening on ${HOST}:${server.address().port}`));
