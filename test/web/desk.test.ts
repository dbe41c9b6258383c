import fc from 'fast-check';
import { layOut } from '../../web/desk/layout';
import { linkTo, readPlace } from '../../web/desk/place';

describe('a body that is laid out', () => {
  test('comes back to the byte, whatever it is', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.jsonValue().map((value) => JSON.stringify(value, null, 1)),
        ),
        (body) => {
          const { text, restore } = layOut(body);
          expect(restore(text)).toBe(body);
        },
      ),
    );
  });

  test('keeps its digits, and is in one line again when it is saved', () => {
    const { text, restore } = layOut('{"amount":1.10,"id":12345678901234567890}');
    expect(text).toBe('{\n  "amount": 1.10,\n  "id": 12345678901234567890\n}');
    expect(restore(text.replace('1.10', '1.20'))).toBe('{"amount":1.20,"id":12345678901234567890}');
  });

  test('stays as it was written, where it was written otherwise', () => {
    for (const body of ['{ "a": 1 }', '{"2":1,"1":2}', 'not json', '']) expect(layOut(body).text).toBe(body);
  });
});

describe('a link', () => {
  test('leads to what it was made of', () => {
    const place = {
      group: 'g-1',
      letter: 'l_2',
      consumer: 'arn:aws:sqs:eu-west-1:1:b',
      queue: 'arn:aws:sqs:eu-west-1:1:a.fifo',
      reason: 'malformed',
      verdict: 'fix',
      where: 'id:a body.x="y z" #&',
      status: 'done',
    };
    expect(readPlace(linkTo(place))).toEqual(place);
  });

  test('that somebody forged leads nowhere', () => {
    expect(readPlace('#group=../x&letter=<b>&reason=none&verdict=x&queue=a b&consumer=<i>&status=gone&else=x')).toEqual(
      {},
    );
  });
});
