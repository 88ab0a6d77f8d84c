// `npm run peers`: installs and builds the other libraries that the benchmarks can measure.
import { preparePeers } from './prepare.mjs';

await preparePeers();
