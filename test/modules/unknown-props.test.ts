import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redrive, type RedriveProps } from '../../modules/redrive';
import { TieredQueue, type TieredQueueProps } from '../../modules/tiered-queue';
import { knownProps } from '../../tools/known-props';
import { synthesized } from './synthesized';

const ROOT = join(__dirname, '../..');

const asJavaScript = (props: object) => () =>
  synthesized((stack) => new TieredQueue(stack, 'orders', props as TieredQueueProps));

test('a misspelt prop is refused, with the nearest there is', () => {
  expect(asJavaScript({ queueName: 'orders', maxRecieveCount: 3 })).toThrow(
    'test/orders: has no prop "maxRecieveCount"; did you mean maxReceiveCount?',
  );
});

test('one that is near to none is refused with all there are', () => {
  expect(asJavaScript({ queueName: 'orders', encryption: 'on' })).toThrow(
    /^test\/orders: has no prop "encryption"; it takes alarmActions, .*visibilityTimeout$/,
  );
});

test('it is told together with what else is wrong, and one that is undefined is none', () => {
  expect(asJavaScript({ queueName: 'orders', maxAge: 3, visibilityTimeout: -1 })).toThrow(
    /maxAge[\s\S]*visibilityTimeout is -1 s/,
  );
  expect(asJavaScript({ queueName: 'orders', maxRecieveCount: undefined })).not.toThrow();
  expect(() => synthesized((stack) => new Redrive(stack, 'redrive', { rates: 3 } as unknown as RedriveProps))).toThrow(
    'did you mean rate?',
  );
});

/** Interfaces that are a part of another one, or whose props are handed on whole to a construct that looks. */
const ELSEWHERE = ['BrokerPlaceProps', 'BrokerReachProps', 'SagaPipeProps'];

test('every module that takes props refuses unknown ones', () => {
  const modules = join(ROOT, 'modules');
  const sources = readdirSync(modules, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .map((file): [string, string] => [file, readFileSync(join(modules, file), 'utf8')]);
  const exported = sources
    .filter(([file]) => file.endsWith('index.ts'))
    .flatMap(([, text]) => text.match(/\b[A-Z][A-Za-z]+Props\b/g) ?? []);
  const checked = sources.flatMap(
    ([, text]) => text.match(/(?<=checkProps\([^;]*')[A-Z]\w+(?='(?:,\s*given)?,?\s*\))/g) ?? [],
  );
  expect(exported.length).toBeGreaterThan(30);
  expect([...new Set(exported)].filter((name) => !checked.includes(name) && !ELSEWHERE.includes(name))).toEqual([]);
});

test('the names are those of the interfaces: npm run known-props writes them', () => {
  expect(readFileSync(join(ROOT, 'modules/props/known-props.ts'), 'utf8')).toBe(knownProps());
});
