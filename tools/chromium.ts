import { accessSync, constants, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];

/** Where browsers live that don't put themselves on the PATH. */
const PLACES = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
];

export const NO_BROWSER = `No Chromium found (looked on the PATH for ${NAMES.join(', ')}). On Debian: apt-get install chromium.`;

/** The system's own Chromium; nothing is downloaded. */
export function findChromium(path = process.env.PATH ?? ''): string | undefined {
  const candidates = [...path.split(delimiter).flatMap((folder) => NAMES.map((name) => join(folder, name))), ...PLACES];
  return candidates.find((file) => {
    try {
      accessSync(file, constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

export interface Browser {
  /** A context of its own: no storage shared with another. */
  context(options?: BrowserContextOptions): Promise<BrowserContext>;
  close(): Promise<void>;
}

/** Starts Chromium with a profile of its own that goes away with it, and without the services that phone home. */
export async function launchChromium(executablePath: string): Promise<Browser> {
  const profile = mkdtempSync(join(tmpdir(), 'spillway-browser-'));
  const args = [
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ];
  // Chromium refuses to sandbox what root starts.
  const chromiumSandbox = process.getuid?.() !== 0;
  const browser = await chromium.launch({
    executablePath,
    headless: true,
    chromiumSandbox,
    args,
    env: { ...process.env, HOME: profile },
  });
  return {
    context: (options) => browser.newContext(options),
    close: async () => {
      await browser.close();
      rmSync(profile, { recursive: true, force: true });
    },
  };
}
