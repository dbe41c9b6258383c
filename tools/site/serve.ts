import { createReadStream, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { extname, join, posix } from 'node:path';

const TYPES: Readonly<Record<string, string>> = {
  '.css': 'text/css',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.woff2': 'font/woff2',
};

/** Serves a built site to this machine. VitePress's own preview listens on every interface. */
export async function serve(site: string, port: number): Promise<Server> {
  const server = createServer(({ url = '/' }, answer) => {
    const path = safelyDecoded(url.split('?')[0] as string);
    // Normalized as an absolute path it can't climb out of the folder.
    const asked = join(site, posix.normalize(`/${path}`));
    const file = asked.endsWith('/') ? `${asked}index.html` : asked;
    const there = statSync(file, { throwIfNoEntry: false })?.isFile();
    const sent = there ? file : join(site, '404.html');
    answer.writeHead(there ? 200 : 404, { 'content-type': TYPES[extname(sent)] ?? 'application/octet-stream' });
    createReadStream(sent).pipe(answer);
  });
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return server;
}

function safelyDecoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return '/404.html';
  }
}
