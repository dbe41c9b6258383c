import { type Browser, findChromium, launchChromium, NO_BROWSER } from '../../tools/chromium';

export type { Browser };

/**
 * A group of tests in a browser. Without one they are skipped, and the group's name says why; where a browser is promised (CI), its
 * absence is a failure.
 */
export function inBrowser(name: string, tests: (start: () => Promise<Browser>) => void): void {
  const executablePath = findChromium();
  if (executablePath) describe(name, () => tests(() => launchChromium(executablePath)));
  else if (process.env.CI === 'true') {
    test(name, () => {
      throw new Error(NO_BROWSER);
    });
  } else {
    process.stderr.write(`${name}: skipped. ${NO_BROWSER}\n`);
    describe.skip(name, () => tests(() => Promise.reject(new Error(NO_BROWSER))));
  }
}
