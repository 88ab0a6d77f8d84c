/** `npm run advise`. See `advise/main.ts`. */
import { main } from './advise/main.js';

process.exitCode = main(process.argv.slice(2));
