/**
 * What a delivered token costs a server in CPU time, against a bare TCP socket that writes the same JSON.
 * Exit status: 0 fine, 2 an option is wrong, 3 the measurement is invalid.
 */
import { main } from './cost/main.js';

process.exitCode = await main(process.argv.slice(2));
