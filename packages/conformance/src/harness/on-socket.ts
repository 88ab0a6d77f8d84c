import type { Target } from '../target.js';
import { checkLog } from './check.js';
import { eventually } from './eventually.js';
import { SocketSession } from './socket-session.js';

/** Runs `work` on a socket of its own. */
export async function onSocket({ url }: Target, work: (session: SocketSession) => Promise<void>): Promise<void> {
  const session = await SocketSession.open(url);
  try {
    await work(session);
  } finally {
    await session.close();
  }
}

/** Waits for the terminal event under `ref`, and checks all events before it. */
export async function wholeAnswer(session: SocketSession, ref: number, after = 0): Promise<void> {
  const last = () => session.events(ref).at(-1)?.type;
  await eventually(`the end under ref ${ref}`, () => last() === 'message_stop' || last() === 'cancelled');
  checkLog(session.events(ref), after);
}
