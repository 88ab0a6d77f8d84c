/**
 * Takes the computer's own time and chance away from this thread: the wall clock jumps by years at every look, and
 * chance throws. The core takes both from outside, so no life may notice.
 */
export function unsettleSystem(): void {
  let looks = 0;
  Date.now = () => ((looks += 1) % 2 === 0 ? 1e12 - looks * 1e9 : 2e12 + looks * 1e6);
  Math.random = () => {
    throw new Error('Something asked the system for chance; a life has its own.');
  };
}
