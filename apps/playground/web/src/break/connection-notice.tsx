import { useEffect, useState } from 'react';
import type { Control } from '../control/control.js';
import type { PaneHandle } from '../pane/handle.js';
import { type Explanation, explain, requestsSeen } from './connections.js';
import { LeftNotice } from './left-notice.js';
import { observerOf } from './pane-observer.js';
import { stoppingSince } from './stop-pane.js';
import './connection-notice.css';

const LOOK_EVERY_MS = 250;

export interface ConnectionNoticeProps {
  readonly pane: PaneHandle;
  readonly panes: readonly PaneHandle[];
  readonly control: Control;
}

/** Says why a pane does nothing when its request waits for one of the browser's connections, and what can be done. */
export function ConnectionNotice({ pane, panes, control }: ConnectionNoticeProps) {
  const why = useExplanation(pane, panes, control);
  if (!why) return <LeftNotice pane={pane} />;
  const leaving = panes.findLast(({ key }) => why.holders.some((holder) => holder.key === key));
  const leave = (other: PaneHandle): void => {
    observerOf(other.record)?.did(
      `Left, so that ${pane.title} gets its connection. The answer goes on without readers.`,
    );
    other.stream().detach();
  };
  return (
    <div className="connection-notice" data-connection-notice>
      <output>{why.text}</output>
      <p className="connection-notice-ways">
        {pane.record.mode !== 'websocket' && (
          <button type="button" data-to-websocket onClick={() => pane.switchTo('websocket')}>
            Switch {pane.title} to WebSocket
          </button>
        )}
        {leaving && (
          <button type="button" data-leave={leaving.key} onClick={() => leave(leaving)}>
            Leave {leaving.title}
          </button>
        )}
      </p>
    </div>
  );
}

function useExplanation(pane: PaneHandle, panes: readonly PaneHandle[], control: Control): Explanation | undefined {
  const [why, setWhy] = useState<Explanation>();
  useEffect(() => {
    let left = false;
    let confirming = false;
    const seen = requestsSeen(control);
    const look = async (): Promise<void> => {
      const found = explain(pane, panes, seen, performance.now(), stoppingSince(pane));
      if (!found) return setWhy(undefined);
      if (confirming) return;
      confirming = true;
      // A host that answers nobody has seen no request either, and that would be another story.
      const answers = await control.ask({ type: 'clock' }).then(
        () => true,
        () => false,
      );
      confirming = false;
      if (left) return;
      const still = answers ? explain(pane, panes, seen, performance.now(), stoppingSince(pane)) : undefined;
      setWhy((before) => (before?.text === still?.text ? before : still));
    };
    const timer = setInterval(() => void look(), LOOK_EVERY_MS);
    return () => {
      left = true;
      clearInterval(timer);
    };
  }, [pane, panes, control]);
  return why;
}
