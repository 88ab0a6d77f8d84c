import type { ReactNode } from 'react';

const PROTOCOLS: ReadonlySet<string> = new Set(['http:', 'https:', 'mailto:']);
/** Of an address that is shown as text. A `data:` address can be a megabyte. */
const MAX_SHOWN = 200;

/** An absolute address that may be followed. Relative ones would lead into the application itself. */
function destinationOf(href: string): URL | undefined {
  try {
    const url = new URL(href);
    return PROTOCOLS.has(url.protocol) ? url : undefined;
  } catch {
    return undefined;
  }
}

/**
 * A link that says where it leads, because the text of a link can lie. An address that may not be followed is text.
 * `bdi` keeps characters that turn the direction of writing from reaching what stands beside them.
 */
export function Link({ href = '', children }: { readonly href?: string | undefined; readonly children?: ReactNode }) {
  const url = destinationOf(href);
  if (!url) {
    return (
      <>
        <bdi>{children}</bdi> <Address>{href}</Address>
      </>
    );
  }
  // In the form in which it is used: names of hosts in ASCII, nothing hidden.
  const shown = url.protocol === 'mailto:' ? url.pathname : url.host;
  const honest = typeof children === 'string' && [href, url.href, shown].includes(children);
  return (
    <a href={url.href} title={url.href} target="_blank" rel="noopener noreferrer nofollow">
      <bdi>{children}</bdi>
      {honest ? null : ' '}
      {honest ? null : <Address>{shown}</Address>}
    </a>
  );
}

/** Never loaded: a picture's address can carry what the model has read to a stranger. */
export function Image({ src, alt }: { readonly src?: string | undefined; readonly alt?: string | undefined }) {
  return (
    <span className="tokenwire-image">
      <bdi>{alt}</bdi> <Address>{src ?? ''}</Address>
    </span>
  );
}

function Address({ children }: { readonly children: string }) {
  if (children === '') return null;
  const shown = children.length > MAX_SHOWN ? `${children.slice(0, MAX_SHOWN)}…` : children;
  return <bdi className="tokenwire-address">({shown})</bdi>;
}
