/**
 * A thousand readers that never read beside a hundred that do: what they cost a server's memory, and the others' time.
 * Exit status: 0 within the limits, 1 beyond, 2 an option is wrong.
 */
import { main } from './stalled/main.js';

process.exitCode = await main(process.argv.slice(2));
