//! A figure's line, and what is needed to make a number of many.

/** The share `q` of `values` lies at or below it. */
export function quantile(values, q) {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))];
}

export const median = (values) => quantile(values, 0.5);

/**
 * `name  ours  unit  reference  reference_name  ratio` with tabs between; the ratio says how many times better ours is
 * than the reference, where the reference is a limit that ours should stay below.
 */
export function figure(name, ours, unit, limit, limitName) {
  const digits = (value) => (Number.isInteger(value) ? `${value}` : value.toPrecision(4));
  const hasRatio = limit > 0 && ours > 0;
  const reference = limit === undefined ? ['-', '-'] : [digits(limit), limitName];
  console.log([name, digits(ours), unit, ...reference, hasRatio ? (limit / ours).toPrecision(3) : '-'].join('\t'));
}

/** What is worth knowing beside the figures. */
export const note = (text) => console.error(`  ${text}`);
