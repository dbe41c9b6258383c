import * as z from 'zod/mini';

/** @param unit `of seconds `, or nothing where it is a count */
export const whole = (least: number, most: number, unit = '') => {
  const error = `takes a whole number ${unit}from ${least} to ${most}`;
  return z.int({ error }).check(z.gte(least, { error }), z.lte(most, { error }));
};
