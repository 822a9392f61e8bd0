import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { bin, type Packed, run, type Service, trpc, trpcVersion } from './packed.suite.js';

const tanstack = `@trpc/tanstack-react-query@${trpcVersion}`;

const source = `
  import { QueryClient } from '@tanstack/react-query';
  import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
  import { createTrpcClient, type ShowroomRouter } from '@showroom/sdk/trpc';

  const [baseUrl = '', token] = process.argv.slice(2);
  const queryClient = new QueryClient();
  const trpc = createTRPCOptionsProxy<ShowroomRouter>({ client: createTrpcClient({ baseUrl, token }), queryClient });
  const names = await queryClient.fetchQuery(trpc.permissions.list.queryOptions({ limit: 3 }));
  console.log(names.results.length, names.count > 3);
`;

/** tRPC's own client, handed to a library that wants it, and required by CommonJS. */
export function describeTrpc(packed: () => Packed, service: () => Service): void {
  describe("hands out tRPC's own client", () => {
    before(() => packed().add(...trpc, tanstack, '@tanstack/react-query@5', 'react@19', '@types/react@19'));

    it('to @trpc/tanstack-react-query', async () => {
      const { folder } = packed();
      await writeFile(join(folder, 'trpc.ts'), `declare const process: { argv: string[] };${source}`);
      const compilerOptions = { module: 'nodenext', target: 'es2022', strict: true, skipLibCheck: true, types: [] };
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['trpc.ts'] }));
      const { stdout } = await run(bin('tsc'), ['-p', folder]).catch((error) => error);
      expect(stdout).to.equal('');
      const { url, token } = service();
      expect((await run(process.execPath, [join(folder, 'trpc.js'), url, token])).stdout).to.equal('3 true\n');
    });

    it('to CommonJS', async () => {
      const { folder } = packed();
      await writeFile(
        join(folder, 'trpc.cjs'),
        `const { createTrpcClient } = require('@showroom/sdk/trpc');
         const [baseUrl, token] = process.argv.slice(2);
         createTrpcClient({ baseUrl, token }).permissions.list.query({ limit: 3 }).then(({ results }) => console.log(results.length));`,
      );
      const { url, token } = service();
      expect((await run(process.execPath, [join(folder, 'trpc.cjs'), url, token])).stdout).to.equal('3\n');
    });
  });
}
