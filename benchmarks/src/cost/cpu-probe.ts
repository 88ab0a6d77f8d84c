/**
 * Preloaded into every measured server (`node --import`): answers its parent's question how much CPU the process has used.
 * So the same method, with microseconds, serves our servers and the controls, on every platform.
 */
process.on('message', (message) => {
  if (message !== 'cpu') return;
  const { user, system } = process.cpuUsage();
  process.send?.({ userUs: user, systemUs: system });
});
// The question alone must not keep a server alive.
process.channel?.unref();
