/*
 * The little of Prometheus' languages that the example of alerts uses: enough to compare its names with those of the code.
 */

/** A series as a process tells it. */
export interface Named {
  readonly name: string;
  readonly labels: Record<string, string>;
}

/** The series of a text in Prometheus' format, without their values. */
export const readSeries = (text: string): Named[] =>
  [...text.matchAll(/^([a-z]\w*)(?:\{(.*)\})? \S+$/gm)].map(([, name, labels = '']) => ({
    name: name!,
    labels: Object.fromEntries(matchersOf(labels).map(({ label, value }) => [label, value])),
  }));

/** The metrics that an expression names, each with its matchers as they are written, and the labels that it groups by. */
export function readExpressions(expr: string) {
  const metrics = [...expr.matchAll(/\b((?:showroom|nodejs|process)_\w+)(?:\{([^}]*)\})?/g)].map(
    ([, name, matchers = '']) => ({ name: name!, matchers }),
  );
  const grouped = [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, labels]) => labels!.split(/, */));
  return { metrics, grouped };
}

/** `a="x",b!~"y|z"` → each label with its operator and value. */
export const matchersOf = (text: string) =>
  [...text.matchAll(/(\w+)(=~|!~|!=|=)"([^"]*)"/g)].map(([, label, operator, value]) => ({
    label: label!,
    operator: operator!,
    value: value!,
  }));
