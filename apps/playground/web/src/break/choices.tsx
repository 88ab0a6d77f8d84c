import { MODES } from '@tokenwire/protocol';
import { MODE_TITLES } from '../race/titles.js';
import type { FaultOptions } from './fault.js';

/** A title, bytes per second, milliseconds. */
const LINKS = [
  ['1 KB/s, 200 ms late', 1_000, 200],
  ['4 KB/s, 200 ms late', 4_000, 200],
  ['32 KB/s, 80 ms late', 32_000, 80],
] as const;

const LASTS: readonly (readonly [title: string, forMs: number | undefined])[] = [
  ['until it is repaired', undefined],
  ['for 5 s', 5_000],
  ['for 10 s', 10_000],
  ['for 30 s', 30_000],
];

export interface ChoicesProps {
  readonly options: FaultOptions;
  readonly onChange: (options: FaultOptions) => void;
}

/** What some of the faults can be told. */
export function Choices({ options, onChange }: ChoicesProps) {
  const setLink = (index: number): void => {
    const [, bytesPerSecond, latencyMs] = LINKS[index] ?? LINKS[0];
    onChange({ ...options, bytesPerSecond, latencyMs });
  };
  return (
    <>
      <Choice
        words="A slow link carries"
        name="link"
        titles={LINKS.map(([title]) => title)}
        chosen={LINKS.findIndex(([, bytesPerSecond]) => bytesPerSecond === options.bytesPerSecond)}
        onChoose={setLink}
      />
      <Choice
        words="What lasts, lasts"
        name="lasts"
        titles={LASTS.map(([title]) => title)}
        chosen={LASTS.findIndex(([, forMs]) => forMs === options.forMs)}
        onChoose={(index) => onChange({ ...options, forMs: LASTS[index]?.[1] })}
      />
      <Choice
        words="Switch to"
        name="mode"
        titles={MODES.map((mode) => MODE_TITLES[mode])}
        chosen={MODES.indexOf(options.mode)}
        onChoose={(index) => onChange({ ...options, mode: MODES[index] ?? options.mode })}
      />
    </>
  );
}

interface ChoiceProps {
  readonly words: string;
  /** Value of `data-fault-choice`. */
  readonly name: string;
  readonly titles: readonly string[];
  readonly chosen: number;
  readonly onChoose: (index: number) => void;
}

function Choice({ words, name, titles, chosen, onChoose }: ChoiceProps) {
  return (
    <label>
      {words}{' '}
      <select data-fault-choice={name} value={chosen} onChange={(event) => onChoose(Number(event.target.value))}>
        {titles.map((title, index) => (
          <option key={title} value={index}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
