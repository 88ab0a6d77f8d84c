import { MODES, type Mode } from '@tokenwire/protocol';
import { useMemo, useState, useSyncExternalStore } from 'react';
import { Announcer, useAnnouncer } from './announcer.js';
import type { Control } from './control/control.js';
import { Pane } from './pane/pane.js';
import { PaneRegistry, usePanes } from './pane/registry.js';
import { RaceBar } from './race/race-bar.js';
import { MODE_TITLES, titlesOf } from './race/titles.js';
import { useRace } from './race/use-race.js';
import { MAX_PANES } from './settings/settings.js';
import { SettingsForm } from './settings/settings-form.js';
import { useSettings } from './settings/use-settings.js';
import { Tools } from './tools/tools.js';

export interface AppProps {
  readonly control: Control;
}

/** The page. */
export function App({ control }: AppProps) {
  const [settings, change] = useSettings();
  const { race, proofs, ask, again, add, remove, onProof } = useRace(settings, change);
  const registry = useMemo(() => new PaneRegistry(), []);
  const panes = usePanes(registry);
  const [selected, setSelected] = useState<string>();
  const { sentence, announce } = useAnnouncer();
  const titles = useMemo(() => titlesOf(race?.panes ?? []), [race]);
  const shared = {
    registry,
    control,
    panes,
    view: settings.view,
    onSelect: setSelected,
    onAgain: again,
    onProof,
    announce,
  };
  return (
    <>
      <PageHead control={control} />
      <main>
        <SettingsForm settings={settings} onChange={change} onAsk={() => ask()} />
        <RaceBar panes={panes} proofs={proofs} count={race?.panes.length ?? 0} onAsk={() => ask()} control={control} />
        <section id="race" className="race" aria-label="Answers" tabIndex={-1}>
          {race?.panes.map((pane, place) => (
            <Pane
              key={pane.key}
              {...shared}
              pane={pane}
              place={place}
              title={titles[place] ?? ''}
              request={race.request}
              selected={selected === pane.key}
              onRemove={race.panes.length > 1 ? remove : undefined}
            />
          ))}
          {!race && <Empty panes={settings.panes} onAsk={() => ask()} />}
        </section>
        {race && race.panes.length < MAX_PANES && <AddPane onAdd={add} />}
        <Tools
          settings={settings}
          onChange={change}
          panes={panes}
          selected={selected}
          onSelect={setSelected}
          control={control}
          onAskWithProbabilities={() => ask({ model: 'tiny', tool: 'model' })}
        />
      </main>
      <Announcer sentence={sentence} />
    </>
  );
}

function PageHead({ control }: AppProps) {
  return (
    <>
      <a className="skip" href="#race" onClick={skipTo('race')}>
        Skip to the answers
      </a>
      <header className="page-head">
        <h1>tokenwire playground</h1>
        <p>The same answer over five transports. Look at it, measure it, break it.</p>
        <ControlNotice control={control} />
      </header>
    </>
  );
}

/** The fragment holds the settings, so a link into the page must not become one. */
function skipTo(id: string): (event: { preventDefault: () => void }) => void {
  return (event) => {
    event.preventDefault();
    document.getElementById(id)?.focus();
  };
}

function Empty({ panes, onAsk }: { panes: readonly Mode[]; onAsk: () => void }) {
  return (
    <div className="empty">
      <p>
        {panes.length === 1 ? 'One client asks' : `${panes.length} clients ask`} the same question over{' '}
        {[...new Set(panes)].map((mode) => MODE_TITLES[mode]).join(', ')}, and show what each of them gets, and when.
      </p>
      <button type="button" className="primary" onClick={onAsk}>
        Ask
      </button>
    </div>
  );
}

function AddPane({ onAdd }: { onAdd: (mode: Mode) => void }) {
  return (
    <fieldset className="add-pane">
      <legend className="visually-hidden">Add a pane</legend>
      <span aria-hidden="true">Add a pane:</span>
      {MODES.map((mode) => (
        <button
          key={mode}
          type="button"
          data-add={mode}
          aria-label={`Add a pane over ${MODE_TITLES[mode]}`}
          onClick={() => onAdd(mode)}
        >
          {MODE_TITLES[mode]}
        </button>
      ))}
    </fieldset>
  );
}

/** Without its host the page still streams; what it cannot do then is said. */
function ControlNotice({ control }: AppProps) {
  const connected = useSyncExternalStore(
    (listener) => control.onState(listener),
    () => control.connected,
  );
  return connected ? null : (
    <output className="notice">
      The playground’s own socket is not connected: no faults, no view of the wire, no delivery latency. Answers come
      nevertheless.
    </output>
  );
}
