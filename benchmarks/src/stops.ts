/**
 * Stops answers at random moments over all modes, and watches from the model's side when its connection closes.
 * Exit status: 0 all stopped, 1 something ran on, 2 an option is wrong.
 */
import { main } from './stops/main.js';

process.exitCode = await main(process.argv.slice(2));
