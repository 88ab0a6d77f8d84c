export async function compareRuns(_argv: readonly string[]): Promise<number> {
  return 0;
}
