#!/usr/bin/env node
// Committed, and not built: npm links commands when it installs, which is before the first build.
import '../dist/cli/bin.js';
