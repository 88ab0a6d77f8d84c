/** One line of the server's log. Never holds a prompt, an answer, a key or a query. */
export type LogLine = Readonly<Record<string, unknown>>;

/** Writes one JSON line to standard error, where it does not disturb the `listening` line. */
export function logToStderr(line: LogLine): void {
  process.stderr.write(`${JSON.stringify({ time: new Date().toISOString(), ...line })}\n`);
}
