import { existsSync } from 'node:fs';
import { chromium } from 'playwright-core';

/** Where Debian, and others, put the browser. */
const places = [process.env.IMORLEANS_CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** A real browser without a window, which ends with the test `t`. */
export async function openBrowser(t) {
  const executablePath = places.find((place) => place && existsSync(place));
  if (!executablePath) throw new Error('There is no Chromium: install it, or name its path with IMORLEANS_CHROMIUM.');
  // Its sandbox needs a user who is not root; what is shown here is our own.
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] });
  t.after(() => browser.close());
  return browser;
}
