import type { UseTokenStream } from '@tokenwire/react';
import { useEffect, useState } from 'react';
import type { Control } from '../control/control.js';
import type { PaneHandle } from './handle.js';
import { metricsOf } from './metrics.js';

const EVERY_MS = 250;

/** A number for people: three significant figures, no more than whole ones above 100. */
export function short(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

export function bytes(count: number): string {
  return count < 10_000 ? `${count} B` : `${(count / 1000).toFixed(count < 100_000 ? 1 : 0)} kB`;
}

export interface PaneStatsProps {
  readonly handle: PaneHandle;
  readonly stream: UseTokenStream;
  readonly control: Control;
}

/** The figures of one pane, four times a second: nobody reads faster. */
export function PaneStats({ handle, stream, control }: PaneStatsProps) {
  const { record } = handle;
  const nowMs = useNow(EVERY_MS, record.running);
  const { ttftMs, tokensPerSecond, latencyNowMs, latencyP95Ms, tokens } = metricsOf(record, nowMs);
  const wire = control.lanes.get(record.lane);
  const rows: readonly [name: string, value: string, title: string][] = [
    ['First token', `${short(ttftMs)} ms`, 'From asking to the first token'],
    ['Rate', `${short(tokensPerSecond)} /s`, 'Tokens per second after the first'],
    [
      'Latency now',
      `${short(latencyNowMs)} ms`,
      'Delivery latency: from when a token was due until it was here; median of the last second',
    ],
    ['Latency p95', `${short(latencyP95Ms)} ms`, '95 of 100 tokens of this answer were not later than this'],
    ['Tokens', String(tokens), 'As the model counts them'],
    ['Requests', String(stream.requests), 'HTTP requests and sockets, polls and stops included'],
    ['Received', wire ? bytes(wire.bytesDown) : bytes(record.bytes), receivedTitle(record.bytes, wire?.bytesUp)],
    ['Reconnects', String(stream.reconnects), 'Connections after the first, apart from polls'],
    ['Cursor', stream.cursor?.split('.')[1] ?? '–', stream.cursor ?? 'Where reading would go on'],
  ];
  return (
    <dl className="stats">
      {rows.map(([name, value, title]) => (
        <div key={name} title={title}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function receivedTitle(payload: number, up: number | undefined): string {
  const sent = up === undefined ? '' : `, ${bytes(up)} sent`;
  return `All bytes on the wire, headers included${sent}; ${bytes(payload)} of them reached the client as payload`;
}

/** What time it is, looked at every so many milliseconds while `active`, and once when that ends. */
function useNow(everyMs: number, active: boolean): number {
  const [nowMs, setNowMs] = useState(0);
  useEffect(() => {
    const look = (): void => setNowMs(performance.now());
    if (!active) {
      // Counters of the wire come a moment after the last event.
      const timer = setTimeout(look, 2 * everyMs);
      return () => clearTimeout(timer);
    }
    const timer = setInterval(look, everyMs);
    return () => clearInterval(timer);
  }, [active, everyMs]);
  return nowMs;
}
