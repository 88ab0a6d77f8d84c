// The panel alone, with a source that the test feeds: `__wire.push(pieces)`.
import { createRoot } from 'react-dom/client';

import type { TapPiece } from '../../../src/control-protocol.js';
import '../../../web/src/theme.css';
import '../../../web/src/layout.css';
import '../../../web/src/tools/tools.css';
import WirePanel from '../../../web/src/wire/wire-panel.js';

declare global {
  // oxlint-disable-next-line no-var
  var __wire: { push: (pieces: readonly TapPiece[]) => void; tokens: number; listening: boolean };
}

let listener: ((pieces: readonly TapPiece[]) => void) | undefined;
globalThis.__wire = { push: (pieces) => listener?.(pieces), tokens: 0, listening: false };

const source = {
  subscribe(onPieces: (pieces: readonly TapPiece[]) => void) {
    listener = onPieces;
    globalThis.__wire.listening = true;
    return () => {
      listener = undefined;
    };
  },
};

createRoot(document.querySelector('#root')!).render(
  <main className="tools">
    <h1>The panel alone</h1>
    <div className="tool-panel">
      <WirePanel source={source} tokens={() => globalThis.__wire.tokens} />
    </div>
  </main>,
);
