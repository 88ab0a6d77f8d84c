#!/usr/bin/env node
import { recordCli } from '../record-cli.js';

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());

process.exitCode = await recordCli(process.argv.slice(2), {
  env: process.env,
  write: (text) => process.stderr.write(text),
  signal: stop.signal,
});
