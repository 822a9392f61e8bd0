import { z } from 'zod';

/*
 * What Django takes for an e-mail address, which existing addresses have passed: `a@localhost`, letters of any alphabet
 * in the domain, an IP address in brackets; not a domain of one word.
 */
const atom = "[-!#$%&'*+/=?^_`{}|~0-9A-Z]+";
const user = new RegExp(`^(?:${atom}(?:\\.${atom})*|"(?:[^"\\\\\\r\\n]|\\\\.)*")$`, 'i');
const label = '[\\p{L}\\p{N}](?:[\\p{L}\\p{N}\\p{M}-]{0,61}[\\p{L}\\p{N}\\p{M}])?';
const domain = new RegExp(`^(?:${label}\\.)+(?!-)[\\p{L}\\p{N}\\p{M}-]{2,63}(?<!-)$`, 'u');
const literal = /^\[(.+)\]$/;

const isAddress = (value: string) => z.union([z.ipv4(), z.ipv6()]).safeParse(value).success;

/** Whether this is an e-mail address. */
export function isEmail(value: string): boolean {
  const at = value.lastIndexOf('@');
  if (at < 0 || !user.test(value.slice(0, at))) return false;
  const host = value.slice(at + 1);
  const [, address] = literal.exec(host) ?? [];
  return host === 'localhost' || domain.test(host) || (address !== undefined && isAddress(address));
}
