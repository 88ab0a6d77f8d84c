import { LEVELS } from './distribution.js';

/** What colours and lines below tokens mean. */
export function Legend() {
  return (
    <p className="legend">
      How likely the model held each token:{' '}
      {LEVELS.map(({ title }, level) => (
        <span key={title} data-level={level}>
          {title}
        </span>
      ))}
    </p>
  );
}
