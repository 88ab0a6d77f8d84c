import type { ReactNode } from 'react';
import type { PaneHandle } from '../pane/handle.js';
import { PaneChoice } from '../tools/pane-choice.js';
import type { ToolProps } from '../tools/tool.js';
import { useRecords } from '../tools/use-records.js';
import { askAddress, readAddress } from './address.js';
import { codeOf, componentOf } from './code.js';
import { CopyBox } from './copy-box.js';
import { curlOf } from './curl.js';
import { Download } from './download.js';
import { subjectOf } from './subject.js';
import './share.css';

/** How often it looks at the panes, in milliseconds: nothing here changes with every token. */
const LOOK_EVERY_MS = 250;

/** The page, an answer and a pane's reading, to take away: as an address, a file, commands and code. */
export default function ShareTool({ panes, selected, onSelect, settings }: ToolProps) {
  useRecords(
    panes.map(({ record }) => record),
    LOOK_EVERY_MS,
  );
  const pane = selected ?? panes[0];
  const page = location.href;
  const read = readAddress(page, settings, panes);
  return (
    <div className="share">
      <Part title="This page">
        <CopyBox name="address" title="Asks the same again" text={askAddress(page, settings)} />
        {read === undefined ? (
          <p>A second tab can read the same answers as soon as every pane has one.</p>
        ) : (
          <>
            <CopyBox name="read" title="Reads the very same answers in a second tab" text={read} />
            <p className="share-note">
              It works for as long as the server keeps them: 10 minutes after their end, unless it was told otherwise.
            </p>
          </>
        )}
      </Part>
      {pane && (
        <>
          <p className="share-row">
            <PaneChoice panes={panes} selected={pane} onSelect={onSelect} />
          </p>
          <Part title={`The recording of ${pane.title}`}>
            <Download key={`${pane.key} ${pane.record.id}`} pane={pane} />
          </Part>
          <Reading pane={pane} />
        </>
      )}
    </div>
  );
}

function Reading({ pane }: { readonly pane: PaneHandle }) {
  const subject = subjectOf(pane);
  if (!subject) return <p>This pane has asked nothing yet.</p>;
  return (
    <>
      <Part title={`${pane.title} as curl`}>
        <CopyBox name="curl" title="For a POSIX shell, as a whole" text={curlOf(subject)} />
        {subject.mode === 'websocket' && (
          <p className="share-note">
            The page’s client asks over the socket itself. curl cannot send messages, so it asks with a POST and
            attaches to the answer; what it prints has the frames around the messages. It ends some seconds after the
            answer, because it does not close the socket when it is asked to.
          </p>
        )}
      </Part>
      <Part title={`${pane.title} as code`}>
        <CopyBox
          name="code"
          title="With the client’s package: TypeScript and JavaScript alike"
          text={codeOf(subject)}
        />
        <CopyBox name="component" title="As this page reads it, in React" text={componentOf(subject)} />
        <p className="share-note">
          The time-out is short because the playground’s server says something every 2 s; leave it out elsewhere. What
          the page adds: the pane’s lane in the address (<code>?lane=…</code>, a line through a proxy that can break
          it), and a device that can play a sleep.
        </p>
      </Part>
    </>
  );
}

function Part({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3>{title}</h3>
      {children}
    </section>
  );
}
