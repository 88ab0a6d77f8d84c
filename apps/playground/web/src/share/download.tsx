import { useId, useState } from 'react';
import type { PaneHandle } from '../pane/handle.js';
import { MAX_RECORDING_BYTES, isRecordingName, recordingName, recordingOf, whyNot } from './recording.js';

/** The answer of a pane as a file that servers replay. */
export function Download({ pane }: { readonly pane: PaneHandle }) {
  const { record, request } = pane;
  const [name, setName] = useState(() => recordingName(modelOf(pane), request?.seed));
  const [withPrompt, setWithPrompt] = useState(true);
  const [said, setSaid] = useState('');
  const id = useId();
  const reason = whyNot(record.events);
  const save = (): void => {
    try {
      const ageMs = performance.now() - (record.startMs ?? performance.now());
      const createdAt = new Date(Date.now() - ageMs);
      saveFile(`${name}.jsonl`, recordingOf(record, { request: withPrompt ? request : undefined, createdAt }));
      setSaid('Saved.');
    } catch (error) {
      setSaid((error as Error).message);
    }
  };
  return (
    <>
      <p className="share-row">
        <label htmlFor={id}>Name</label>
        <input
          id={id}
          value={name}
          onChange={({ target }) => setName(target.value)}
          aria-invalid={!isRecordingName(name)}
          spellCheck={false}
          autoComplete="off"
        />
        <button type="button" data-share="download" disabled={!!reason || !isRecordingName(name)} onClick={save}>
          Download the recording
        </button>
        <label>
          <input type="checkbox" checked={withPrompt} onChange={({ target }) => setWithPrompt(target.checked)} /> with
          the prompt in it
        </label>
      </p>
      <output>{reason ?? (isRecordingName(name) ? said : 'A name has 1 to 64 of a–z, 0–9 and -.')}</output>
      <p className="share-note">
        Put <code>{name}.jsonl</code> into a folder, start a server with{' '}
        <code>TOKENWIRE_RECORDINGS_DIR=that/folder npm start</code>, and ask for the model <code>replay/{name}</code>{' '}
        with at least {Math.max(1, record.tokenCount)} tokens: it says the same again, at the same times. All transports
        are measured with it by <code>npm run bench -- steady --recording that/folder/{name}.jsonl</code>.
      </p>
    </>
  );
}

/** @throws {RangeError} when the file is too large for servers. */
function saveFile(name: string, text: string): void {
  const blob = new Blob([text], { type: 'application/jsonl' });
  if (blob.size > MAX_RECORDING_BYTES) {
    throw new RangeError(`The recording has ${blob.size} bytes, and servers read at most ${MAX_RECORDING_BYTES}.`);
  }
  const url = URL.createObjectURL(blob);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on the blob as soon as it has begun, which a click does in the next task.
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}

function modelOf({ record, request }: PaneHandle): string {
  const [start] = record.events;
  return start?.type === 'message_start' ? start.model : (request?.model ?? 'answer');
}
