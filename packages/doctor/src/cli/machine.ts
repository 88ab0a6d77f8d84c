import { nodeWarning } from '../local/node-release.js';
import { missingTools } from '../local/tools.js';

/** What is to be said of the computer that the doctor runs on. */
export interface Machine {
  readonly node: string;
  /** Why this Node should not be used; undefined when it is fine. */
  readonly nodeWarning: string | undefined;
  /** Optional tools that are not there. */
  readonly missing: readonly string[];
}

/** Looks at this computer. */
export async function lookAtMachine(): Promise<Machine> {
  const node = process.version;
  return { node, nodeWarning: nodeWarning(node, new Date()), missing: await missingTools() };
}
