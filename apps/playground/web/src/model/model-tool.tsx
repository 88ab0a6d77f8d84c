import { useCallback, useMemo, useState } from 'react';
import type { PaneHandle } from '../pane/handle.js';
import { askAddress } from '../share/address.js';
import { PaneChoice } from '../tools/pane-choice.js';
import type { ToolProps } from '../tools/tool.js';
import { useRecords } from '../tools/use-records.js';
import { Dance } from './dance.js';
import type { DancePlace } from './dance-steps.js';
import { samplerOf } from './distribution.js';
import { Legend } from './legend.js';
import { Pager } from './pager.js';
import { TokenDetail } from './token-detail.js';
import { TokenIndex } from './token-index.js';
import { TokenText, WINDOW } from './token-text.js';
import './model.css';

/** What a model weighed before it spoke: each token's probability, what else could have come, and how one was drawn. */
export default function ModelTool(props: ToolProps) {
  const { panes, selected, onSelect } = props;
  const pane = selected ?? panes[0];
  return (
    <div className="model">
      {pane ? (
        <>
          <PaneChoice panes={panes} selected={pane} onSelect={onSelect} />
          {/* Another answer begins anew. */}
          <Inside key={`${pane.key} ${pane.record.lane}`} {...props} pane={pane} />
        </>
      ) : (
        <p>There is no pane to look into.</p>
      )}
    </div>
  );
}

interface InsideProps extends ToolProps {
  readonly pane: PaneHandle;
}

function Inside({ pane, settings, onAskWithProbabilities }: InsideProps) {
  const { record } = pane;
  const tokens = useMemo(() => new TokenIndex(record.events), [record]);
  useRecords([record]);
  // Changed during render, which is safe: it only catches up with the record.
  tokens.update();
  const { count } = tokens;
  const [chosen, setChosen] = useState<DancePlace>();
  const [hovered, setHovered] = useState<number>();
  const asked = pane.request?.temperature ?? settings.temperature;
  const [temperature, setTemperature] = useState(asked);
  // The window that was asked for; without one it goes with the answer.
  const [window, setWindow] = useState<number>();
  const go = useCallback(
    (next: DancePlace): void => {
      setChosen(next);
      setWindow(windowOf(Math.min(next.token, tokens.count - 1)));
    },
    [tokens],
  );
  if (count === 0) {
    return (
      <p className="model-nothing">
        {whyNothing(tokens)}{' '}
        <button type="button" data-ask-with-probabilities onClick={onAskWithProbabilities}>
          Ask tiny, with probabilities
        </button>
      </p>
    );
  }

  const sampler = samplerOf(tokens.model);
  const place = chosen ?? START;
  const index = hovered ?? Math.min(place.token, count - 1);
  const token = tokens.at(index);
  const from = window ?? windowOf(count - 1);
  const again = askAddress(location.href, { ...settings, temperature, seed: (settings.seed + 1) % 2 ** 32 });
  return (
    <>
      <Legend />
      <Pager from={from} window={WINDOW} count={count} onFrom={setWindow} ended={tokens.ended} />
      <TokenText
        {...{ tokens, count, from, selected: chosen?.token }}
        onSelect={(next) => go({ token: next, step: place.step })}
        onHover={setHovered}
      />
      <div className="model-panels">
        {token && (
          <TokenDetail {...{ token, index, sampler, temperature, asked, again }} onTemperature={setTemperature} />
        )}
        {/* It needs to know no further than the next token, and so does not render with every one. */}
        <Dance
          {...{ tokens, sampler, place }}
          count={Math.min(count, place.token + 2)}
          ended={tokens.ended}
          temperature={asked}
          onPlace={go}
        />
      </div>
    </>
  );
}

const START: DancePlace = { token: 0, step: 0 };

function windowOf(index: number): number {
  return Math.floor(index / WINDOW) * WINDOW;
}

/** Why there is nothing to look into. */
function whyNothing({ model, hasContent, ended }: TokenIndex): string {
  if (!hasContent && !ended) return 'As soon as the answer comes, its tokens are here.';
  if (model === 'tiny') return 'This answer was asked for without probabilities, so there is nothing to look into.';
  return `The model ${model} does not tell how likely its tokens were. Ask “tiny”, which is embedded in the server and tells, to look inside.`;
}
