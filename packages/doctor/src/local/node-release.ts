/** Support of a release line (nodejs/Release, schedule.json), as days. */
interface Line {
  readonly lts?: string;
  readonly end: string;
}

/**
 * The release lines that somebody may still run. From 27 on there is one a year, and each becomes LTS in October.
 */
const LINES: Readonly<Record<number, Line>> = {
  18: { lts: '2022-10-25', end: '2025-04-30' },
  20: { lts: '2023-10-24', end: '2026-04-30' },
  21: { end: '2024-06-01' },
  22: { lts: '2024-10-29', end: '2027-04-30' },
  23: { end: '2025-06-01' },
  24: { lts: '2025-10-28', end: '2028-04-30' },
  25: { end: '2026-06-01' },
  26: { lts: '2026-10-28', end: '2029-04-30' },
};

/** What this project needs at least. */
const LEAST = [20, 19] as const;

/**
 * What is to be said of a release of Node on a day; undefined when it is fine.
 * @param version as in `process.version`
 */
export function nodeWarning(version: string, today: Date): string | undefined {
  const [major = 0, minor = 0] = /\d+(?:\.\d+)*/.exec(version)?.[0].split('.').map(Number) ?? [];
  const day = today.toISOString().slice(0, 10);
  const use = `use Node ${newestLts(day)}`;
  if (major < LEAST[0] || (major === LEAST[0] && minor < LEAST[1]))
    return `Node ${version} is too old: ${LEAST.join('.')} is needed; ${use}`;
  const line = LINES[major];
  if (line === undefined) return undefined;
  if (day > line.end) return `Node ${version} has had no security fixes since ${line.end}; ${use}`;
  if (line.lts === undefined) return `Node ${version} is of an odd release line, which ends on ${line.end}; ${use}`;
  if (day < line.lts) return `Node ${version} becomes a long-term release on ${line.lts} only; for servers ${use}`;
  return undefined;
}

/** The newest long-term release line that we know of, on a day. */
function newestLts(day: string): number {
  const ready = Object.entries(LINES).filter(([, { lts }]) => lts !== undefined && lts <= day);
  return Math.max(...ready.map(([major]) => Number(major)));
}
