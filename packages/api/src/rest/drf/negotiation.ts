import type { Form } from '@showroom/contract';

/** In which form an answer is written: JSON, indented if asked for, a page for a person, or another that a path has. */
export interface Rendering {
  readonly format: 'json' | 'api' | Form;
  readonly indent: number;
}

const json: Rendering = { format: 'json', indent: 0 };
const page: Rendering = { format: 'api', indent: 0 };
const byFormat = new Map<string, Rendering>([
  ['json', json],
  ['api', page],
]);

export const plainJson = json;
export const typeOfForm: Record<Form, string> = { pdf: 'application/pdf' };
export type Refusal = 'not_acceptable' | 'unknown_format';

/**
 * Chooses the form of an answer as Django REST Framework does: `format` decides where it is given (`/tags.json`,
 * `?format=json`); else the most specific media type of the Accept header for which there is a form, JSON first.
 * The `q` of a media type is not looked at.
 *
 * @param forms what the path has beside JSON and a page
 */
export function negotiate(
  accept: string | undefined,
  format: string | undefined,
  forms: readonly Form[] = [],
): Rendering | Refusal {
  const others: Rendering[] = forms.map((form) => ({ format: form, indent: 0 }));
  if (format) return byFormat.get(format) ?? others.find((each) => each.format === format) ?? 'unknown_format';
  if (accept === undefined || accept === '*/*' || accept === 'application/json') return json;
  const wanted = accept.split(',').map(toMediaType);
  for (let precision = 3; precision >= 0; precision--) {
    const level = wanted.filter((each) => each.precision === precision);
    const forJson = level.find(({ type }) => matches(type, 'application/json'));
    if (forJson) return { ...json, indent: forJson.indent };
    if (level.some(({ type }) => matches(type, 'text/html'))) return page;
    const other = forms.findIndex((form) => level.some(({ type }) => matches(type, typeOfForm[form])));
    if (other >= 0) return others[other]!;
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
