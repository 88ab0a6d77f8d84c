import type { ChildProcess } from 'node:child_process';

import { InvalidMeasurement } from '../compare/failures.js';
import type { ProcessUse } from '../raw/raw.js';
import type { UseAnswer, UseQuestion } from './probe.js';
import type { Process } from './processes.js';

/**
 * Asks a process what it has used since the last question that restarted the count.
 * @throws {InvalidMeasurement} when it has died.
 */
export async function useOf(process: Process, question: Omit<UseQuestion, 'type'>): Promise<ProcessUse> {
  const { type: _, ...use } = await ask<UseAnswer>(process, { type: 'use', ...question });
  return use;
}

/** Sends a message, and waits for the first one of the same type that comes back. */
export function ask<Answer extends { readonly type: string }>(
  { child, died }: Process,
  question: { readonly type: Answer['type'] } & Record<string, unknown>,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      child.off('message', hear);
      died.removeEventListener('abort', fail);
    };
    const hear = (message: unknown): void => {
      if ((message as Answer).type !== question.type) return;
      done();
      resolve(message as Answer);
    };
    const fail = (): void => {
      done();
      reject(died.reason instanceof Error ? died.reason : new InvalidMeasurement('a process has died'));
    };
    if (died.aborted) return fail();
    child.on('message', hear);
    died.addEventListener('abort', fail, { once: true });
    send(child, question);
  });
}

/** A process that is just dying refuses messages; its death is reported elsewhere. */
export function send(child: ChildProcess, message: object): void {
  if (child.connected) child.send(message, () => {});
}
