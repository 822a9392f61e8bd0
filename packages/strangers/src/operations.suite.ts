import { readFileSync } from 'node:fs';

interface Operation {
  operationId: string;
  responses: Record<string, unknown>;
}

export const documentUrl = new URL('../../../docs/openapi.json', import.meta.url);

const { paths, servers } = JSON.parse(readFileSync(documentUrl, 'utf8')) as {
  servers: [{ url: string }];
  paths: Record<string, Record<string, Operation>>;
};
export const serverPath = servers[0].url;

const operations = Object.entries(paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({
    ...operation,
    method: method.toUpperCase(),
    pattern: new RegExp(`^${serverPath}${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`),
  })),
);

/** A `fetch` that holds what passes against the document. */
export function watchOperations() {
  const succeeded = new Set<string>();
  const undocumented: string[] = [];
  return {
    /** Answers, and requests, that the document does not know. */
    undocumented,
    /** The operations that were never called, or never with success. */
    missing: () => operations.map(({ operationId }) => operationId).filter((id) => !succeeded.has(id)),
    fetch: async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
      const request = new Request(input, init);
      const { pathname } = new URL(request.url);
      const response = await fetch(request);
      const operation = operations.find(({ method, pattern }) => method === request.method && pattern.test(pathname));
      if (!operation?.responses[response.status]) {
        undocumented.push(`${request.method} ${pathname} -> ${response.status}`);
      } else if (response.ok) succeeded.add(operation.operationId);
      return response;
    },
  };
}
