// Loaded into a process before its own script: it ends when the process that started it does, killed or not.
process.once('disconnect', () => process.exit(0));
// The question alone must not keep a process alive.
process.channel?.unref();
