// A page with nothing but the timeline, and records that the test fills.
import '../../src/theme.css';
import { MODES, type StreamEvent } from '@tokenwire/protocol';
import { createElement } from 'react';
import { createRoot } from 'react-dom/client';
import { PaneRecord } from '../../src/pane/pane-record.js';
import Timeline from '../../src/timeline/timeline.js';
import type { ToolProps } from '../../src/tools/tool.js';
import type { TimelinePage } from './timeline-page.js';

const startMs = performance.now();
const records = MODES.map((mode, index) => {
  const record = new PaneRecord(`p${index}`, mode, `lane${index}`);
  record.startMs = startMs;
  return record;
});
const panes = MODES.map((mode, index) => ({ key: `p${index}`, title: mode, record: records[index] }));

const root = createRoot(document.querySelector('#root')!);
const page: TimelinePage = {
  fill(pane, tokens, everyMs) {
    const record = records[pane]!;
    for (let count = 0; count < tokens; count += 1) {
      const seq = record.lastSeq + 1;
      const dueMs = seq * 20;
      const delta = { type: 'text_delta', text: 'a' } as const;
      const event: StreamEvent = { type: 'content_block_delta', seq, index: 0, delta, tokens: 1 };
      record.take(event, startMs + Math.ceil(dueMs / everyMs) * everyMs);
      record.dueMs[seq] = startMs + dueMs;
    }
  },
  note: (pane, atMs, text) => records[pane]!.note('you', text, startMs + atMs),
  end() {
    for (const record of records) {
      record.endMs = Math.max(startMs + 10, record.at.at(-1) ?? 0);
      record.version += 1;
    }
  },
  unmount: () => root.unmount(),
};
Object.assign(globalThis, { page });

root.render(
  createElement(Timeline, { panes, selected: undefined, onSelect: () => undefined, startMs } as unknown as ToolProps),
);
