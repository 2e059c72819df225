/** What the command's exit code says. */
export const EXIT = {
  ok: 0,
  /** The pipeline failed, or could not be loaded or built. */
  failed: 1,
  /** The command line was wrong. */
  usage: 2,
  /** State, or a guarantee that was required, does not allow the run. */
  refused: 4,
  /** `viga validate` found the pipeline invalid. */
  invalid: 78,
  /** Ended by Ctrl-C or a signal, with nothing saved. */
  interrupted: 130,
} as const;
