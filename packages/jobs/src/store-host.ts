/**
 * The host (or hosts, or socket folder) of a connection string, for messages. Takes any string: what does not parse
 * as a URL must not leak its password either, so everything up to the last `@` is dropped first.
 *
 * @example storeHost('mongodb://app:secret@a:27017,b:27017/jobs') // 'a:27017,b:27017'
 */
export function storeHost(connectionString: string): string {
  const afterCredentials = connectionString.slice(connectionString.lastIndexOf('@') + 1).replace(/^[a-z+]+:\/\//i, '');
  const host = afterCredentials.match(/^[^/?#]+/)?.[0] ?? afterCredentials.match(/[?&]host=([^&]+)/)?.[1];
  return host ? host.replaceAll(/%2f/gi, '/') : 'the default host';
}
