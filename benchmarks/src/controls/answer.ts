/**
 * What all controls say, and when: the events of our own `sim` model, as bare as a server can be that makes them for
 * each connection. No log, no cursor, no resume, no heartbeat, no backpressure, no routing.
 */
import { simPieces } from '@tokenwire/token-source';

/** The load, as the benchmark passes it on the command line. */
export interface Load {
  readonly tokens: number;
  readonly tokensPerSecond: number;
  /** Time to first token in milliseconds. */
  readonly ttftMs: number;
  readonly seed: number;
}

const load = JSON.parse(process.argv[2] ?? '{}') as Load;

/** Drawn once: which words it says is no cost of a transport, or of a server. */
const words = [
  ...simPieces('sim', {
    model: 'sim',
    messages: [{ role: 'user', content: 'Hello' }],
    maxTokens: load.tokens,
    temperature: 0.8,
    seed: load.seed,
    tools: [],
    thinking: false,
  }),
].flatMap((piece) => (piece.type === 'text' ? piece.text : []));

/** Where a connection's events go: as JSON texts that belong into one write. */
export interface Listener {
  readonly write: (events: readonly string[]) => void;
  readonly end: () => void;
}

/** Plays one answer on an absolute timetable, with one timer and one `JSON.stringify` a token. */
export function play({ write, end }: Listener): void {
  const startMs = performance.now() + load.ttftMs;
  const gapMs = 1000 / load.tokensPerSecond;
  let seq = 0;
  let index = 0;
  const event = (body: object) => JSON.stringify({ seq: (seq += 1), ...body });
  const step = (): void => {
    const events: string[] =
      index === 0 ? [event({ type: 'content_block_start', index: 0, block: { type: 'text' } })] : [];
    for (const now = performance.now(); index < words.length && startMs + index * gapMs <= now; index += 1) {
      const delta = { type: 'text_delta', text: words[index] };
      events.push(event({ type: 'content_block_delta', index: 0, delta }));
    }
    if (index === words.length) {
      const usage = { inputTokens: 2, outputTokens: words.length };
      events.push(event({ type: 'content_block_stop', index: 0 }));
      events.push(event({ type: 'message_delta', stopReason: 'end_turn', usage }));
      events.push(event({ type: 'message_stop' }));
    }
    write(events);
    if (index === words.length) return end();
    arm();
  };
  const arm = (): void => {
    // Timers may fire up to a millisecond early; rounding up keeps every wake-up useful.
    setTimeout(step, Math.max(1, Math.ceil(startMs + index * gapMs - performance.now())));
  };
  write([event({ type: 'message_start', id: 'gen_0000000000000000000000', model: 'sim' })]);
  arm();
}

/** Says where a control listens, as our own servers do, and ends it when told to. */
export function announce(port: number): void {
  process.stdout.write(`listening http://127.0.0.1:${port}\n`);
  process.on('SIGTERM', () => process.exit(0));
}
