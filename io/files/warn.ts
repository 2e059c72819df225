/** Tells the user what is odd but no error, by Node's own means: on standard error, or to who listens for warnings. */
export const warn = (place: string, message: string): void =>
  process.emitWarning(`${place}: ${message}`, 'VigaWarning');
