/** `npm run docs`: builds the site of the documents into dist/site; with `--serve`, serves it on 127.0.0.1. Needs no network, and neither do its pages. */
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { buildSite } from './build';
import { deadLinks } from './dead-links';
import { serve } from './serve';

const USAGE = `npm run docs [-- --serve [--port PORT]]

Builds the site of the documents into dist/site. A dead link fails the build.

  --serve       serve it on http://127.0.0.1 until Ctrl-C
  --port PORT   0 to 65535; default 4173, 0 takes any that is free
  --into FOLDER where the site goes, instead of dist/site; what is there is removed
  --help        this

SPILLWAY_DOCS_BASE is the path that the site is served below, such as /spillway/; default /.`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      serve: { type: 'boolean' },
      port: { type: 'string', default: '4173' },
      into: { type: 'string', default: 'dist/site' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) return console.log(USAGE);
  const port = Number(values.port);
  if (!/^\d+$/.test(values.port) || port > 65_535)
    throw new Error(`--port is ${values.port}; it takes a number from 0 to 65535`);
  const base = process.env.SPILLWAY_DOCS_BASE || '/';
  if (!/^\/(.*\/)?$/.test(base))
    throw new Error(`SPILLWAY_DOCS_BASE is ${base}; it begins and ends with a slash, as /spillway/ does`);

  const site = resolve(values.into);
  await buildSite(site);
  const dead = deadLinks(site, base);
  if (dead.length > 0) throw new Error(`These links lead nowhere (page: link):\n${dead.join('\n')}`);
  console.log(`${values.into} has the site; npm run docs -- --serve shows it`);
  if (!values.serve) return;
  if (base !== '/')
    throw new Error(`--serve serves at /; SPILLWAY_DOCS_BASE is ${base}. Leave it out to look at the site here`);
  const server = await serve(site, port);
  console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
