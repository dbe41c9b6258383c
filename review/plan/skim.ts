import { CLOSE_BRACE, CLOSE_BRACKET, COLON, COMMA, OPEN_BRACE, OPEN_BRACKET, QUOTE, quoteFrom } from './bytes';
import { PlanError } from './errors';

export const parseBytes = (bytes: Buffer): unknown => JSON.parse(bytes.toString('utf8'));

/** What to do with the value at a path: parse it whole, look inside, or step over it without parsing. */
export type Interest = 'take' | 'enter' | 'skip';
export type Path = readonly (string | number)[];

const isSpace = (byte: number) => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
const endsScalar = (byte: number) => byte === COMMA || byte === CLOSE_BRACE || byte === CLOSE_BRACKET || isSpace(byte);

/** What means something between strings: 1 at its byte. */
const STRUCTURAL = new Uint8Array(256);
for (const byte of [QUOTE, OPEN_BRACE, CLOSE_BRACE, OPEN_BRACKET, CLOSE_BRACKET]) STRUCTURAL[byte] = 1;

type Expecting = 'value' | 'value or end' | 'key' | 'key or end' | 'colon' | 'comma or end' | 'nothing';
/** The value, or the key, whose bytes are being passed over or collected. */
type Run = { kind: 'key' | 'take' | 'skip'; shape: 'string' | 'scalar' | 'container' };

/**
 * Reads JSON in chunks and parses only the parts that somebody wants, so that the memory used is that of one resource
 * and not that of the plan. It works on bytes: every byte of a multi-byte UTF-8 character is above 0x7f, so none can be
 * mistaken for a quote or a bracket, wherever a chunk ends.
 */
export class Skimmer {
  private readonly path: (string | number)[] = [];
  private readonly arrays: boolean[] = [];
  private expecting: Expecting = 'value';
  private run: Run | undefined;
  private parts: Uint8Array[] = [];
  private depth = 0;
  private inString = false;
  private escaped = false;
  private offset = 0;

  constructor(
    private readonly interest: (path: Path) => Interest,
    private readonly take: (path: Path, value: unknown) => void,
    /** Parses the bytes of a container; undefined steps over it after all. */
    private readonly parseContainer: (path: Path, bytes: Buffer) => unknown = (_, bytes) => parseBytes(bytes),
  ) {}

  /** @returns how many bytes of the chunk belong to the document: all of them, until it ends */
  write(chunk: Uint8Array): number {
    let position = 0;
    while (position < chunk.length && !this.ended) {
      position = this.run ? this.advanceRun(chunk, position) : this.step(chunk, position);
    }
    this.offset += position;
    return position;
  }

  /** The outermost value is complete; what follows is something else. */
  get ended(): boolean {
    return this.expecting === 'nothing' && this.run === undefined;
  }

  end(): void {
    if (this.run?.shape === 'scalar' && this.arrays.length === 0) this.finishRun();
    if (this.run || this.expecting !== 'nothing') {
      throw new PlanError(
        `the file ends early, in ${this.where()}: it was cut off (a full disk or a broken download?)`,
      );
    }
  }

  /** One structural byte: punctuation, or the first byte of a key or a value. */
  private step(chunk: Uint8Array, position: number): number {
    const byte = chunk[position] as number;
    if (isSpace(byte)) return position + 1;
    const { expecting } = this;
    if (byte === QUOTE && (expecting === 'key' || expecting === 'key or end')) {
      this.startRun({ kind: 'key', shape: 'string' });
      return position;
    }
    if (byte === COLON && expecting === 'colon') this.expecting = 'value';
    else if (byte === COMMA && expecting === 'comma or end') this.next();
    else if (byte === CLOSE_BRACE && (expecting === 'key or end' || (expecting === 'comma or end' && !this.inArray())))
      this.leave();
    else if (
      byte === CLOSE_BRACKET &&
      (expecting === 'value or end' || (expecting === 'comma or end' && this.inArray()))
    )
      this.leave();
    else if (expecting === 'value' || expecting === 'value or end') return this.startValue(byte, position);
    else throw this.malformed(position);
    return position + 1;
  }

  private startValue(byte: number, position: number): number {
    const container = byte === OPEN_BRACE || byte === OPEN_BRACKET;
    if (!container && byte !== QUOTE && !/[-0-9tfn]/.test(String.fromCharCode(byte))) throw this.malformed(position);
    const interest = this.interest(this.path);
    if (container && interest === 'enter') {
      const array = byte === OPEN_BRACKET;
      this.arrays.push(array);
      if (array) this.path.push(0);
      this.expecting = array ? 'value or end' : 'key or end';
      return position + 1;
    }
    const shape = container ? 'container' : byte === QUOTE ? 'string' : 'scalar';
    this.startRun({ kind: interest === 'skip' ? 'skip' : 'take', shape });
    return position;
  }

  private startRun(run: Run): void {
    this.run = run;
    this.parts = [];
    this.depth = 0;
    this.inString = false;
    this.escaped = false;
  }

  /** Passes over the run's bytes in this chunk; returns where the chunk goes on after it. Most of a plan goes by here. */
  private advanceRun(chunk: Uint8Array, from: number): number {
    const run = this.run as Run;
    const scalar = run.shape === 'scalar';
    const end = chunk.length;
    let { depth, inString } = this;
    let position = this.escaped ? from + 1 : from;
    let ended = false;
    while (position < end && !ended) {
      let byte = chunk[position] as number;
      if (inString) {
        position = quoteFrom(chunk, position);
        if (position >= end) break;
        position++;
        inString = false;
        ended = depth === 0;
      } else if (scalar) {
        ended = endsScalar(byte);
        if (!ended) position++;
      } else {
        while (STRUCTURAL[byte] === 0 && ++position < end) byte = chunk[position] as number;
        if (position === end) break;
        position++;
        if (byte === QUOTE) inString = true;
        else if (byte === OPEN_BRACE || byte === OPEN_BRACKET) depth++;
        else ended = --depth === 0;
      }
    }
    this.escaped = position > end;
    if (this.escaped) position = end;
    if (run.kind !== 'skip') {
      const part = chunk.subarray(from, position);
      // What goes on in the next chunk is copied, because the reader hands the same buffer out again.
      this.parts.push(ended ? part : Uint8Array.from(part));
    }
    this.depth = depth;
    this.inString = inString;
    if (ended) this.finishRun(position);
    return position;
  }

  private finishRun(position = 0): void {
    const { kind, shape } = this.run as Run;
    this.run = undefined;
    if (kind === 'skip') {
      this.closeValue();
      return;
    }
    const bytes = this.collected();
    let value: unknown;
    try {
      value = shape === 'container' ? this.parseContainer(this.path, bytes) : parseBytes(bytes);
    } catch (error) {
      throw error instanceof SyntaxError ? this.malformed(position) : error;
    }
    if (kind === 'key') {
      this.path.push(value as string);
      this.expecting = 'colon';
      return;
    }
    if (value !== undefined) this.take([...this.path], value);
    this.closeValue();
  }

  private collected(): Buffer {
    const { buffer, byteOffset, byteLength } =
      this.parts.length === 1 ? (this.parts[0] as Uint8Array) : Buffer.concat(this.parts);
    this.parts = [];
    return Buffer.from(buffer, byteOffset, byteLength);
  }

  private closeValue(): void {
    this.expecting = this.arrays.length === 0 ? 'nothing' : 'comma or end';
    if (this.arrays.length > 0 && !this.inArray()) this.path.pop();
  }

  private next(): void {
    if (this.inArray()) {
      this.path.push((this.path.pop() as number) + 1);
      this.expecting = 'value';
    } else this.expecting = 'key';
  }

  private leave(): void {
    if (this.arrays.pop()) this.path.pop();
    this.closeValue();
  }

  private inArray(): boolean {
    return this.arrays.at(-1) === true;
  }

  private where(): string {
    const named = this.path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
    return named === '' ? 'the outermost value' : named.replace(/^\./, '');
  }

  private malformed(position: number): PlanError {
    return new PlanError(`not valid JSON near byte ${this.offset + position}, in ${this.where()}`);
  }
}
