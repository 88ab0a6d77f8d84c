import type { GenerationRequest, Mode } from '@tokenwire/protocol';
import { type UseTokenStream, type UseTokenStreamOptions, useTokenStream } from '@tokenwire/react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { PaneObserver } from '../break/pane-observer.js';
import { watchLine } from '../break/watch-line.js';
import type { Control } from '../control/control.js';
import type { RacePane } from '../race/race.js';
import { CLIENT_OPTIONS } from './client-options.js';
import { CLIENTS } from './clients.js';
import type { NappingDevice, PaneHandle } from './handle.js';
import { nappingDevice } from './napping-device.js';
import { PaneRecord } from './pane-record.js';
import type { PaneRegistry } from './registry.js';
import { type Pace, slowed } from './slowed.js';
import { followTiming } from './timing.js';

export interface PaneOptions {
  readonly pane: RacePane;
  readonly place: number;
  readonly title: string;
  readonly request: GenerationRequest;
  readonly registry: PaneRegistry;
  readonly control: Control;
}

export interface PaneState {
  readonly handle: PaneHandle;
  readonly stream: UseTokenStream;
  readonly mode: Mode;
}

/** Makes two pages that are open at the same time, and one before and after its reload, use different lanes. */
const PAGE = Math.random().toString(36).slice(2, 8);

/** One pane's answer: its lane, its client, its record. A new run gets all of them anew. */
export function usePane(options: PaneOptions): PaneState {
  const { pane, place, title, request, registry, control } = options;
  const [mode, setMode] = useState<Mode>(pane.mode);
  const [run, setRun] = useState(pane.run);
  // Another run begins over the pane's own mode, wherever the last one had got to.
  if (run !== pane.run) {
    setRun(pane.run);
    setMode(pane.mode);
  }
  const latest = useRef<UseTokenStream | undefined>(undefined);

  const own = useMemo((): Own => {
    const record = new PaneRecord(pane.key, pane.mode, `${pane.key}-${pane.run}-${PAGE}`);
    return { record, pace: { delayMs: 0 }, device: nappingDevice(), observer: new PaneObserver(record) };
  }, [pane.key, pane.run, pane.mode]);
  const { record, pace, device, observer } = own;

  const url = useLane(control, record.lane);
  const open = useMemo(() => slowed(CLIENTS[mode], pace), [mode, pace]);
  // Before the hook looks whether there is another transport, so that what the client does next is told of the right one.
  useEffect(() => {
    own.record.mode = mode;
  }, [own, mode]);
  const stream = useTokenStream(open, url !== undefined && pane.after === undefined ? request : undefined, {
    ...streamOptions(own),
    url: url ?? location.origin,
    after: url === undefined ? undefined : pane.after,
    run: pane.run,
    resumeKey: `tokenwire.${pane.key}`,
  });
  useEffect(() => {
    latest.current = stream;
  });

  const handle = useMemo<PaneHandle>(
    () => ({
      key: pane.key,
      title,
      record,
      request: pane.after === undefined ? request : undefined,
      after: pane.after,
      url: `${location.origin}/?lane=${record.lane}`,
      stream: () => latest.current as UseTokenStream,
      switchTo: (to) => setMode(to),
      pace,
      device,
    }),
    [pane.key, pane.after, title, record, request, pace, device],
  );
  useEffect(() => registry.add(place, handle), [registry, place, handle]);
  useEffect(() => followTiming(record, control), [record, control]);
  useEffect(() => watchLine(control, record.lane, observer), [control, record, observer]);
  return { handle, stream, mode };
}

interface Own {
  readonly record: PaneRecord;
  readonly pace: Pace;
  readonly device: NappingDevice;
  readonly observer: PaneObserver;
}

/** What the client is given beside what it is to read: everything goes into the record. */
function streamOptions({ record, device, observer }: Own): Omit<UseTokenStreamOptions, 'url'> {
  return {
    ...CLIENT_OPTIONS,
    device,
    onEvent: (event) => {
      const nowMs = performance.now();
      record.take(event, nowMs);
      observer.event(event, nowMs);
    },
    onBytes: (count) => {
      record.bytes += count;
    },
    onStatus: (status) => {
      record.status = status;
      if (status === 'connecting') record.startMs ??= performance.now();
      else if (status === 'failed' || status === 'detached') record.endMs ??= performance.now();
      else if (status === 'streaming') record.endMs = undefined;
      record.version += 1;
      observer.status(status);
    },
  };
}

/**
 * A lane's address, once the host has opened it; without the host, the answer comes on the direct way. The lane is closed
 * with the answer, because a page may have only so many, and opened again when the host was away: it forgets them.
 */
function useLane(control: Control, lane: string): string | undefined {
  const [opened, setOpened] = useState<{ readonly lane: string; readonly url: string }>();
  useEffect(() => {
    let [left, known] = [false, false];
    const use = (url: string): void => {
      known = true;
      if (!left) setOpened({ lane, url });
    };
    control.ask({ type: 'open-lane', lane }).then(
      () => use(`${location.origin}/?lane=${lane}`),
      () => use(location.origin),
    );
    const quietly = (type: 'open-lane' | 'close-lane'): void => void control.ask({ type, lane }).catch(() => undefined);
    const off = control.onState(() => {
      if (control.connected && known) quietly('open-lane');
    });
    return () => {
      left = true;
      off();
      quietly('close-lane');
    };
  }, [control, lane]);
  return opened?.lane === lane ? opened.url : undefined;
}
