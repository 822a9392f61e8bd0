import { describeBrowsers } from './browser.suite.js';
import { describeCli } from './cli.suite.js';
import { describeDeclarations } from './declarations.suite.js';
import { describeExamples } from './examples.suite.js';
import { describeFiles } from './files.suite.js';
import { installPacked, type Packed, type Service, startService } from './packed.suite.js';
import { by, type Pages, servePages } from './pages.suite.js';
import { describeRuntimes } from './runtimes.suite.js';
import { describeTrpc } from './trpc.suite.js';

describe('the packed sdk', function () {
  this.timeout(120_000);
  let packed: Packed;
  let pages: Pages;
  let service: Service;
  before(async () => {
    pages = await servePages();
    const origins = [pages.origin, by('plain', pages.origin)].join();
    [packed, service] = await Promise.all([installPacked(), startService({ CORS_ORIGINS: origins })]);
  });
  after(async () => {
    pages?.close();
    await service?.stop();
    await packed?.remove();
  });

  describeFiles(() => packed);
  describeDeclarations(() => packed);
  describeRuntimes(
    () => packed,
    () => service,
  );
  describeTrpc(
    () => packed,
    () => service,
  );
  describeCli(
    () => packed,
    () => service,
  );
  describeBrowsers(
    () => packed,
    () => service,
    () => pages,
  );
  describeExamples(
    () => packed,
    () => service,
    () => pages,
  );
});
