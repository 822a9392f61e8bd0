/** In which form an answer is written: JSON, indented if asked for, or a page for a person. */
export interface Rendering {
  readonly format: 'json' | 'api';
  readonly indent: number;
}

const json: Rendering = { format: 'json', indent: 0 };
const page: Rendering = { format: 'api', indent: 0 };
const byFormat: Record<string, Rendering> = { json, api: page };

export const plainJson = json;
export type Refusal = 'not_acceptable' | 'unknown_format';

/**
 * Chooses the form of an answer as Django REST Framework does: `format` decides where it is given (`/tags.json`,
 * `?format=json`); else the most specific media type of the Accept header for which there is a form, JSON first.
 * The `q` of a media type is not looked at.
 */
export function negotiate(accept: string | undefined, format: string | undefined): Rendering | Refusal {
  if (format) return byFormat[format] ?? 'unknown_format';
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return json;
  const wanted = accept.split(',').map(toMediaType);
  for (let precision = 3; precision >= 0; precision--) {
    const level = wanted.filter((each) => each.precision === precision);
    const forJson = level.find(({ type }) => matches(type, 'application/json'));
    if (forJson) return { ...json, indent: forJson.indent };
    if (level.some(({ type }) => matches(type, 'text/html'))) return page;
  }
  return 'not_acceptable';
}

/** Django REST Framework's order: with parameters, in full, `type/*`, anything. */
function toMediaType(text: string): { type: string; precision: number; indent: number } {
  const [type = '', ...parameters] = text.split(';').map((part) => part.trim());
  const own = parameters.filter((parameter) => !/^q\s*=/.test(parameter));
  const indent = /^indent=(\d+)$/.exec(own.find((parameter) => parameter.startsWith('indent=')) ?? '')?.[1];
  const precision = type.startsWith('*') ? 0 : type.endsWith('/*') ? 1 : own.length === 0 ? 2 : 3;
  return { type, precision, indent: Math.min(Number(indent ?? 0), 8) };
}

const matches = (wanted: string, offered: string) => {
  const [wantedMain, wantedSub] = wanted.split('/');
  const [main, sub] = offered.split('/');
  return (wantedMain === '*' || wantedMain === main) && (wantedSub === '*' || wantedSub === sub);
};
