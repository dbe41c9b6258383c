import { operationsRequest } from '../../../functions/operations/broker-operations/contract';
import { reachRequest } from '../../../functions/operations/broker-reach/contract';
import { holdRequest } from '../../../functions/operations/circuit-breaker/hold/contract';
import { redriveRequest } from '../../../functions/operations/redrive/contract';
import { readRequest, refuseRequest } from '../../../functions/runtime/request';

const schemas = {
  redrive: redriveRequest,
  'breaker-status': holdRequest,
  'broker-operations': operationsRequest,
  'broker-reach': reachRequest,
};
const requests = {
  redrive: { operation: 'redrive', dryRun: true },
  'breaker-status': { operation: 'breaker-status' },
  'broker-operations': { operation: 'broker-operations', dryRun: true },
  'broker-reach': { operation: 'broker-reach', endpoints: [] },
};

test.each(Object.keys(schemas) as (keyof typeof schemas)[])('%s: a function takes its own requests alone', (own) => {
  const read = (event: unknown) => readRequest(schemas[own], event, 'the function', '…');
  expect(read(requests[own])).toEqual(requests[own]);
  for (const [other, request] of Object.entries(requests)) {
    if (other !== own) expect(() => read(request)).toThrow(`the function: the request is for "${other}"`);
  }
  for (const nothing of [{}, undefined, null, { dryRun: true }, { watch: true }, []]) {
    expect(() => read(nothing)).toThrow('names no operation');
  }
});

test('a function that AWS invokes refuses what a person asks, and takes any event', () => {
  expect(() => refuseRequest({ operation: 'redrive' }, 'the reconciler')).toThrow('the request is for "redrive"');
  for (const event of [undefined, {}, { Records: [] }]) expect(() => refuseRequest(event, 'it')).not.toThrow();
});
