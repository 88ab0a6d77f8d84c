import { TokenwireError } from '@tokenwire/protocol';

import type { Step } from './plan.js';
import type { Reader } from './reader.js';
import { requestFor } from './server.js';
import type { World } from './world.js';

/** Does what a step says. What it is about may be gone already; then it does nothing. */
export function perform(world: World, readers: ReadonlyMap<string, Reader>, step: Step): void {
  const { id, atMs: _, ...deed } = step;
  if (world.verdict.tracing) world.verdict.note(id, JSON.stringify(deed));
  if ('reader' in step) {
    const reader = readers.get(step.reader);
    if (reader) disturb(reader, step);
  } else if ('answer' in step) {
    ask(world, step);
  } else if (step.do === 'oversleep') {
    world.sleptMs += step.forMs;
    world.virtual.oversleep(step.forMs);
  } else if (step.do === 'shutdown') {
    void world.track('shutdown', shutDown(world, step.drainMs));
  } else {
    restart(world, readers);
  }
}

function disturb(reader: Reader, step: Extract<Step, { reader: string }>): void {
  switch (step.do) {
    case 'cut':
      return reader.line.cut(step.how);
    case 'outage':
      return reader.line.outage(step.forMs);
    case 'stop':
      for (let i = 0; i < step.times; i += 1) reader.stop();
      return;
    case 'detach':
      return reader.leave(({ stream }) => stream.detach());
    case 'abort':
      return reader.leave(({ controller }) => controller.abort());
    case 'resume':
      return reader.resume(step.kind);
  }
}

/** What others than the readers ask of the registry. */
function ask(world: World, step: Extract<Step, { answer: string }>): void {
  const answer = world.latest(step.answer);
  if (step.do === 'stop-answer') {
    if (!answer) return;
    answer.stopsMs.push(world.clock.now());
    void world.track(`stop of ${answer.name}`, answer.generation.stop('client'));
    return;
  }
  const plan = world.planOf(step.answer);
  const request = requestFor(plan);
  try {
    world.start(plan, step.do === 'repeat' ? request : { ...request, maxTokens: 1 });
  } catch (error) {
    const code = error instanceof TokenwireError ? error.code : 'none';
    const expected = ['conflict', 'overloaded', 'rate_limited', 'draining'];
    if (!expected.includes(code)) world.verdict.broken('crash', `${step.do}: ${String(error)}`);
    world.verdict.note(step.id, `refused with ${code}`);
  }
}

/** As a server does on SIGTERM. */
async function shutDown(world: World, drainMs: number): Promise<void> {
  const { generations } = world;
  const running = world.answers.filter(({ generation }) => generation.status === 'running');
  generations.drain();
  await new Promise<void>((resolve) => void world.clock.after(drainMs, resolve));
  for (const { stopsMs } of running) stopsMs.push(world.clock.now());
  await generations.stopAll('shutdown');
  await generations.idle();
  if (generations.stats().running > 0) world.verdict.broken('settles', 'something runs after the shutdown');
}

/** The process is killed and another one takes its place: it knows no answer, and the old ones are cut off. */
function restart(world: World, readers: ReadonlyMap<string, Reader>): void {
  const { generations } = world;
  world.restart();
  for (const { line } of readers.values()) line.cut('reset');
  // A killed process runs nothing; here its models have to be told.
  for (const { generation, stopsMs } of world.answers) {
    if (generation.status === 'running') stopsMs.push(world.clock.now());
  }
  void world.track('the end of the old process', generations.stopAll('shutdown'));
}
