export async function rebuild(_argv: readonly string[]): Promise<number> {
  return 0;
}
export async function show(_out: string, _options: object): Promise<number> {
  return 0;
}
