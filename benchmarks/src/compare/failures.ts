/** The user asked for something impossible: exit status 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** What was measured is not what should have been measured, so there is no number: exit status 3. */
export class InvalidMeasurement extends Error {
  override readonly name = 'InvalidMeasurement';
}

/** What went wrong, in one line for people. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
