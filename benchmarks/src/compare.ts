/**
 * `npm run compare`: the same seeded answer over every mode and the batch baseline, proven identical, as a table.
 * Exit status: 0 fine, 2 an option or the output folder is wrong, 3 the measurement is invalid.
 */
import { main } from './compare/main.js';

process.exitCode = await main(process.argv.slice(2));
