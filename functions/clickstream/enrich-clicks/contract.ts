import * as z from 'zod/mini';
import { defineConsumer } from '../../runtime/contract';

const name = z.string().check(z.minLength(1), z.maxLength(128));

/** One click; its visit is the partition key, so that the clicks of a visit keep their order. */
export const click = z.object({
  clickId: name,
  visit: name,
  page: z.string().check(z.minLength(1), z.maxLength(512)),
  /** ISO 8601. */
  clickedAt: z.iso.datetime(),
});

export const enrichClicks = defineConsumer({
  name: 'enrich-clicks',
  environment: {
    ENRICHMENT_URL: 'base address of the enrichment service; a page is asked for at <address>/pages/<page>',
    VISITS_TABLE: 'name of the table of visits',
    VISIT_DAYS: 'days that a visit is kept after its last click',
  },
  message: click,
  id: 'clickId',
  dependency: 'enrichment',
});
