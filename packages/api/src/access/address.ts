import { isIP, isIPv4 } from 'node:net';
import ipaddr from 'ipaddr.js';

const bracketed = /^\[([^\]]*)\](?::\d{1,5})?$/;
const withPort = /^([\d.]+):\d{1,5}$/;
const quoted = /^"(.*)"$/;

/**
 * Reads an address as proxies and sockets write it: with a port, brackets, quotes, or the zone of a link-local address.
 * An IPv4 address within IPv6 is the IPv4 address.
 *
 * @returns null for what is not an address, such as `unknown`
 * @example readAddress('[2001:db8::1]:443') // '2001:db8::1'
 * @example readAddress('192.0.2.1:5060') // '192.0.2.1'
 */
export function readAddress(written: string): string | null {
  const unquoted = written.trim().replace(quoted, '$1').trim();
  const bare = (bracketed.exec(unquoted) ?? withPort.exec(unquoted))?.[1] ?? unquoted;
  const address = bare.split('%')[0]!;
  return isIP(address) === 0 ? null : ipaddr.process(address).toString();
}

/** What counts as one address: an IPv4 address, or the /64 of an IPv6 address, which one subscriber has to themselves. */
export function networkOf(address: string): string {
  const read = readAddress(address);
  if (read === null || isIPv4(read)) return read ?? address;
  const prefix = ipaddr.IPv6.parse(read).parts.slice(0, 4);
  return `${new ipaddr.IPv6([...prefix, 0, 0, 0, 0])}/64`;
}
