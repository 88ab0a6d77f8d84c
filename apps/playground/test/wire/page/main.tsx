// The panel alone, with a store that the test feeds: `__wire.push(pieces)`.
import { createRoot } from 'react-dom/client';

import type { TapPiece } from '../../../src/control-protocol.js';
import '../../../web/src/theme.css';
import '../../../web/src/layout.css';
import '../../../web/src/tools/tools.css';
import WirePanel from '../../../web/src/wire/wire-panel.js';
import { WireStore } from '../../../web/src/wire/wire-store.js';

declare global {
  // oxlint-disable-next-line no-var
  var __wire: { push: (pieces: readonly TapPiece[]) => void; tokens: number };
}

const store = new WireStore();
globalThis.__wire = { push: store.take, tokens: 0 };

createRoot(document.querySelector('#root')!).render(
  <main className="tools">
    <h1>The panel alone</h1>
    <div className="tool-panel">
      <WirePanel store={store} tokens={() => globalThis.__wire.tokens} />
    </div>
  </main>,
);
