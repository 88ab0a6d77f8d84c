/**
 * Runs thousands of answers over all modes, of which some are stopped, left or refused, and looks whether the server is
 * then as it was before. Exit status: 0 nothing is left, 1 something is, 2 an option is wrong.
 */
import { main } from './leftovers/main.js';

process.exitCode = await main(process.argv.slice(2));
