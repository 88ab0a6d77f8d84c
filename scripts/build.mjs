// `npm run build`: installs what is missing and builds all packages.
import { prepare } from './prepare.mjs';

await prepare();
