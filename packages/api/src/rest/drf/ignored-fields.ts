const mostNamed = 20;
const longestName = 50;
/** Proxies refuse answers with long headers. */
const longestHeader = 1_000;

/** Percent-encoded, so that any name fits into a header and no comma is part of one. */
function encode(name: string): string {
  const characters = [...name.slice(0, 2 * longestName)].slice(0, longestName);
  // Half a surrogate pair cannot be encoded; a buffer replaces it.
  return encodeURIComponent(Buffer.from(characters.join('')).toString());
}

/**
 * The fields of a body that were ignored, for `X-Ignored-Fields`. It names at most 20, each cut after 50 characters. The
 * last entry counts those that found no room, as `+7`.
 *
 * @example toHeader(['colour', 'a,b']) // 'colour,a%2Cb'
 */
export function toHeader(names: string[]): string {
  const named: string[] = [];
  let length = 0;
  for (const name of names.slice(0, mostNamed)) {
    const encoded = encode(name);
    length += encoded.length + 1;
    if (length > longestHeader) break;
    named.push(encoded);
  }
  const more = names.length - named.length;
  return [...named, ...(more > 0 ? [`+${more}`] : [])].join(',');
}
