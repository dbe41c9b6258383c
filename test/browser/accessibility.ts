import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** What axe finds at fault on a page as it stands: rule, element, and what is wrong with it. None is every page's promise. */
export async function violations(page: Page): Promise<string[]> {
  // Evaluated by the browser's own protocol: the page's policy lets no script of a test in.
  await page.evaluate(axe.source);
  const { violations: found } = await page.evaluate<axe.AxeResults>(
    'axe.run(document, { resultTypes: ["violations"] })',
  );
  return found.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id} ${target.join(' ')}: ${failureSummary}`),
  );
}
