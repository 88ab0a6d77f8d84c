/**
 * The standard normal distribution function Φ. Absolute error below 1.5e-7.
 * Source: Abramowitz and Stegun (1964), 7.1.26, for erf; Φ(z) = (1 + erf(z/√2))/2.
 */
export function normalCdf(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + 0.3275911 * x);
  const tail =
    t *
    (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))) *
    Math.exp(-x * x);
  return z >= 0 ? 1 - tail / 2 : tail / 2;
}

/** 97.5 % quantiles of Student's t for 1 to 10 degrees of freedom (any table; here to four places). */
const T_975 = [12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.306, 2.2622, 2.2281];

/**
 * The 97.5 % quantile of Student's t. Exact to four places up to 10 degrees of freedom, to three beyond.
 * Source for more than 10: the expansion of Cornish and Fisher (1938), Abramowitz and Stegun 26.7.5.
 *
 * @param freedom degrees of freedom, from 1.
 */
export function student975(freedom: number): number {
  const known = T_975[freedom - 1];
  if (known !== undefined) return known;
  const z = 1.959964;
  const z3 = z ** 3;
  const z5 = z ** 5;
  const z7 = z ** 7;
  return (
    z +
    (z3 + z) / (4 * freedom) +
    (5 * z5 + 16 * z3 + 3 * z) / (96 * freedom ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * z) / (384 * freedom ** 3)
  );
}
