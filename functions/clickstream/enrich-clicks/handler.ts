import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { consumer } from '../../runtime/consumer';
import { expectOk, sortAwsError } from '../../runtime/failures';
import { patience } from '../../runtime/patience';
import { kinesis } from '../../runtime/sources/kinesis';
import { enrichClicks } from './contract';
import { addClick } from './visits';

const client = new DynamoDBClient(patience());

export const handler = consumer(enrichClicks, {
  source: kinesis,
  // The table is our own side: that it refuses says nothing about the enrichment service.
  sort: sortAwsError,
  async work(click, { environment, signal }) {
    const page = await fetch(`${environment.ENRICHMENT_URL}/pages/${encodeURIComponent(click.page)}`, { signal });
    // A page that the service doesn't know was clicked all the same.
    const { section } =
      page.status === 404 ? { section: 'unknown' } : ((await (await expectOk(page)).json()) as { section: string });
    const table = {
      client,
      tableName: environment.VISITS_TABLE,
      keepSeconds: Number(environment.VISIT_DAYS) * 86_400,
    };
    await addClick(table, { ...click, section }, signal);
    return { section };
  },
});
