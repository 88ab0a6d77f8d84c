import { totalOf } from '@tokenwire/wire';
import { PART_LABELS } from './kinds.js';
import type { WireStore } from './wire-store.js';

/** What the bytes were there for: down, with shares and per token, and up. */
export function WireTotals({ store, tokens }: { readonly store: WireStore; readonly tokens: number }) {
  const { up, down } = store.totals;
  const all = totalOf(down);
  const parts = PART_LABELS.filter(([part]) => part !== 'coded' || down.coded + up.coded > 0);
  const share = (bytes: number): string => (all === 0 ? '–' : `${((bytes / all) * 100).toFixed(1)} %`);
  const perToken = (bytes: number): string => (tokens === 0 ? '–' : (bytes / tokens).toFixed(1));
  return (
    <div className="wire-totals">
      <div className="wire-bar" aria-hidden="true">
        {parts.map(([part]) => (
          <span key={part} className={`wire-part-${part}`} style={{ flexGrow: down[part] }} />
        ))}
      </div>
      <table data-wire-totals>
        <caption>Bytes down, and what they are there for</caption>
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Bytes</th>
            <th scope="col">Share</th>
            <th scope="col">Per token</th>
            <th scope="col">Bytes up</th>
          </tr>
        </thead>
        <tbody>
          {parts.map(([part, label, meaning]) => (
            <tr key={part} data-part={part} title={meaning}>
              <th scope="row">
                <span className={`wire-swatch wire-part-${part}`} aria-hidden="true" />
                {label}
              </th>
              <td>{down[part].toLocaleString('en')}</td>
              <td>{share(down[part])}</td>
              <td>{perToken(down[part])}</td>
              <td>{up[part].toLocaleString('en')}</td>
            </tr>
          ))}
        </tbody>
        <tfoot>
          <tr data-part="all">
            <th scope="row">All</th>
            <td>{all.toLocaleString('en')}</td>
            <td>{share(all)}</td>
            <td>{perToken(all)}</td>
            <td>{totalOf(up).toLocaleString('en')}</td>
          </tr>
        </tfoot>
      </table>
    </div>
  );
}
