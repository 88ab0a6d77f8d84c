import { useId } from 'react';
import { RANGES, type Settings } from './settings.js';
import './settings-form.css';

export interface SettingsFormProps {
  readonly settings: Settings;
  readonly onChange: (changes: Partial<Settings>) => void;
  readonly onAsk: () => void;
}

/** Models that every server has, and what they are good for here. */
const MODELS: readonly [name: string, what: string][] = [
  ['tiny', 'a small language model: look inside it'],
  ['sim', 'synthetic words, as many as you like'],
  ['sim/structured', 'thinking, a tool call, text'],
  ['sim/ugly', 'every kind of difficult token'],
  ['sim/hostile', 'markup, scripts, control characters'],
  ['sim/error', 'fails half-way'],
  ['sim/stall', 'falls silent half-way'],
];

const SPEEDS: readonly [name: string, Partial<Settings>][] = [
  ['Slow', { ttftMs: 600, tokensPerSecond: 8 }],
  ['Typical', { ttftMs: 300, tokensPerSecond: 25 }],
  ['Fast', { ttftMs: 100, tokensPerSecond: 200 }],
];

/** What is asked. */
export function SettingsForm(props: SettingsFormProps) {
  const { settings, onChange, onAsk } = props;
  return (
    <form
      className="settings"
      aria-label="What to ask"
      onSubmit={(event) => {
        event.preventDefault();
        onAsk();
      }}
    >
      <PromptField {...props} />
      <div className="settings-row">
        <ModelField {...props} />
        <NumberField name="maxTokens" label="Tokens" {...props} />
        <NumberField name="tokensPerSecond" label="Tokens/s" {...props} />
        <fieldset className="settings-speeds">
          <legend className="visually-hidden">Speed</legend>
          {SPEEDS.map(([name, speed]) => (
            <button key={name} type="button" onClick={() => onChange(speed)}>
              {name}
            </button>
          ))}
        </fieldset>
        <label>
          Show as
          <select
            name="view"
            value={settings.view}
            onChange={({ target }) => onChange({ view: target.value === 'markdown' ? 'markdown' : 'text' })}
          >
            <option value="text">Text</option>
            <option value="markdown">Markdown</option>
          </select>
        </label>
        <details className="settings-more">
          <summary>More</summary>
          <div className="settings-row">
            <NumberField name="ttftMs" label="First token, ms" {...props} />
            <NumberField name="jitter" label="Jitter" {...props} />
            <NumberField name="burst" label="Burst" {...props} />
            <NumberField name="temperature" label="Temperature" {...props} />
            <NumberField name="seed" label="Seed" {...props} />
            <button type="button" onClick={() => onChange({ seed: Math.floor(Math.random() * 2 ** 32) })}>
              Another seed
            </button>
          </div>
        </details>
      </div>
    </form>
  );
}

function PromptField({ settings, onChange, onAsk }: SettingsFormProps) {
  return (
    <label className="settings-prompt">
      Prompt
      <textarea
        name="prompt"
        rows={2}
        maxLength={4000}
        value={settings.prompt}
        onChange={({ target }) => onChange({ prompt: target.value })}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return;
          event.preventDefault();
          onAsk();
        }}
      />
    </label>
  );
}

function ModelField({ settings, onChange }: SettingsFormProps) {
  const list = useId();
  return (
    <>
      <label>
        Model
        <input
          name="model"
          list={list}
          spellCheck={false}
          autoComplete="off"
          value={settings.model}
          onChange={({ target }) => onChange({ model: target.value })}
        />
      </label>
      <datalist id={list}>
        {MODELS.map(([name, what]) => (
          <option key={name} value={name}>
            {what}
          </option>
        ))}
      </datalist>
    </>
  );
}

interface NumberFieldProps extends Pick<SettingsFormProps, 'settings' | 'onChange'> {
  readonly name: keyof typeof RANGES;
  readonly label: string;
}

/** A number in its range; what is out of it is not taken, so the request is always one that the server accepts. */
function NumberField({ name, label, settings, onChange }: NumberFieldProps) {
  const [low, high, whole] = RANGES[name];
  return (
    <label>
      {label}
      <input
        // Uncontrolled, so that half a number can be typed; a change from outside makes it a new field.
        key={settings[name]}
        name={name}
        type="number"
        min={low}
        max={high}
        step={whole ? 1 : 'any'}
        defaultValue={settings[name]}
        onBlur={({ target }) => {
          if (target.value !== '' && target.validity.valid) onChange({ [name]: Number(target.value) });
          else target.value = String(settings[name]);
        }}
      />
    </label>
  );
}
