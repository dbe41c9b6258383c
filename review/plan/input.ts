import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { PlanError } from './errors';

/** Enough for the banners, warnings and logs that stand before a plan; text that goes on for longer is no plan. */
const LONGEST_PREFACE = 1 << 20;
const CHUNK = 1 << 18;

/** The chunks of a file, or of standard input for `-`. The same buffer is handed out again for each. */
export async function* chunksOf(path: string): AsyncGenerator<Buffer> {
  if (path === '-') {
    yield* process.stdin as AsyncIterable<Buffer>;
    return;
  }
  const file = await open(path);
  try {
    if ((await file.stat()).isFile()) yield* read(file);
    // A pipe, such as `<(terraform show -json tfplan)`.
    else yield* createReadStream('', { fd: file.fd, autoClose: false }) as AsyncIterable<Buffer>;
  } finally {
    await file.close();
  }
}

async function* read(file: FileHandle): AsyncGenerator<Buffer> {
  const buffer = Buffer.allocUnsafe(CHUNK);
  for (;;) {
    const { bytesRead } = await file.read(buffer, 0, CHUNK);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

/** The same chunks as UTF-8 without a byte order mark. PowerShell's `>` writes UTF-16, and some editors take its mark away. */
export async function* asUtf8(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let decoder: TextDecoder | undefined;
  let first = true;
  for await (const chunk of chunks) {
    if (first) {
      const encoding = utf16Of(chunk);
      decoder = encoding ? new TextDecoder(encoding) : undefined;
    }
    const bytes = decoder ? Buffer.from(decoder.decode(chunk, { stream: true })) : chunk;
    yield first && bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
    first = false;
  }
}

function utf16Of([first, second]: Buffer): string | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  // A plan begins with a character of ASCII: one of its two bytes is 0.
  if (first !== 0 && second === 0) return 'utf-16le';
  if (first === 0 && second !== 0 && second !== undefined) return 'utf-16be';
  return undefined;
}

/** Finds where the plan begins: at the first byte, or behind the lines of whatever ran `terraform show`. */
export class Preface {
  /** The lines before the plan. */
  text = '';
  private bytes: Buffer = Buffer.alloc(0);
  private found = false;

  /** @returns the bytes that belong to the plan, undefined while it hasn't begun */
  pass(chunk: Buffer): Buffer | undefined {
    if (this.found) return chunk;
    this.bytes = Buffer.concat([this.bytes, chunk]);
    if (this.bytes.length < 4) return undefined;
    refuseBinary(this.bytes);
    // One byte, one character: where it begins in the text is where it begins in the bytes.
    const text = this.bytes.toString('latin1');
    const start = startOf(text);
    if (start === undefined) {
      if (this.bytes.length > LONGEST_PREFACE) throw notJson(text);
      return undefined;
    }
    this.found = true;
    this.text = this.bytes.subarray(0, start).toString('utf8').trim();
    return this.bytes.subarray(start);
  }

  /** The file is at its end. */
  end(): Buffer | undefined {
    if (this.found) return undefined;
    const text = this.bytes.toString('latin1');
    if (text.trim() === '') throw new PlanError('the file is empty: did `terraform show -json` fail?');
    refuseBinary(this.bytes);
    throw notJson(text);
  }
}

/** Terraform writes the version first, which nothing else does; a plan that was formatted anew begins at the first byte. */
function startOf(text: string): number | undefined {
  const begin = text.search(/\S/);
  if (text[begin] === '{' && !isLog(text.slice(begin))) return begin;
  const version = text.search(/\{\s*"format_version"\s*:/);
  if (version < 0) return undefined;
  if (text.slice(0, version).trim() === '[') {
    throw new PlanError("is a list of plans; give each by itself: `jq '.[0]' plans.json > plan.json`");
  }
  return version;
}

const isLog = (text: string) => /^\{\s*"@(level|message)"/.test(text);

const notJson = (text: string) =>
  isLog(text.trimStart())
    ? new PlanError('is the log of `terraform plan -json`; review the output of `terraform show -json PLANFILE`')
    : new PlanError('is not JSON: the output of `terraform show -json PLANFILE` starts with "{"');

/** What people hand over by mistake is recognised by its first bytes. */
function refuseBinary(bytes: Buffer): void {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    throw new PlanError(
      'is a binary plan; run `terraform show -json PLANFILE > plan.json` (or `tofu show -json`) and review that',
    );
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) throw new PlanError('is compressed with gzip; unpack it first: `gunzip`');
}

/** What follows the plan, of which the beginning is kept. */
export class Afterword {
  private text = '';

  add(bytes: Uint8Array): void {
    if (this.text.length < LONGEST_PREFACE) this.text += Buffer.from(bytes).toString('utf8');
  }

  /** The lines after the plan. Throws where they may be part of it, or are another plan. */
  lines(): string {
    if (/(^|\n)\s*\{\s*"format_version"/.test(this.text)) {
      throw new PlanError('holds more than one plan; write each into a file of its own and give them all');
    }
    // A command whose output doesn't end its line is followed by the runner's own on the same one.
    const [line = ''] = this.text.split('\n');
    if (line.trim() !== '' && !line.trimStart().startsWith('::')) {
      throw new PlanError(`not valid JSON: after its end stands ${JSON.stringify(shortened(line.trim()))}`);
    }
    return this.text.trim();
  }
}

/** What somebody's wrapper wrote around the plan, for the report. */
export function wrapperNote(before: string, after: string): string | undefined {
  if (before === '' && after === '') return undefined;
  const sides = [
    [before, 'before'],
    [after, 'after'],
  ].flatMap(([text = '', side]) => {
    if (text === '') return [];
    const lines = text.split('\n');
    return [
      `${lines.length === 1 ? 'a line' : `${lines.length} lines`} ${side} it (\`${shortened(lines[0] as string)}\`)`,
    ];
  });
  const wrapper = /^\[command\]|::debug::|terraform-bin/m.test(`${before}\n${after}`);
  const advice = wrapper
    ? 'set `terraform_wrapper: false` at hashicorp/setup-terraform (`tofu_wrapper: false` at opentofu/setup-opentofu)'
    : 'keep other output out of the file: `terraform show -json PLANFILE > plan.json` and nothing else';
  return `The file holds more than the plan: ${sides.join(' and ')}. It was read through them; ${advice}.`;
}

/** A line of a log may hold what is nobody's business: the values that it sets are left out. */
function shortened(line: string): string {
  const bare = [
    ...line
      .replace(/\p{Cc}\[[\d;]*m|[\p{Cc}`]/gu, '')
      .replace(/\{.*$/, '{…')
      .replace(/(=|:(?!:)\s)\s*\S+/g, '$1…'),
  ];
  return bare.length > 60 ? `${bare.slice(0, 60).join('')}…` : bare.join('');
}
