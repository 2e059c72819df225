/** What the command line has of the outside: two streams and signals. The one for tests keeps what it is given. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The working directory. */
  readonly directory: string;
  readonly isOutTerminal: boolean;
  readonly isErrTerminal: boolean;
  /** Columns and lines, as they are now. */
  size(): { readonly width: number; readonly height: number };
  /** Writes results. */
  out(text: string): void;
  /** Writes messages. */
  err(text: string): void;
  /** Draws a block of lines below all else, in the place of the one before; no lines take it away. */
  draw(lines: readonly string[]): void;
  /** Sends what others write to the output to the error stream, so that only results are there. Returns how to end it. */
  keepOutForResults(): () => void;
  /** Tells of Ctrl-C and of being asked to end, in place of ending. Returns how to take it back. */
  onInterrupt(listener: () => void): () => void;
  /** Tells that nothing is left that could happen, although something is waited for. Returns how to take it back. */
  onStarved(listener: () => void): () => void;
  /** Tells of errors that nobody caught: those of timers and events that users' functions began. */
  onUncaught(listener: (error: unknown) => void): () => void;
  /** Says that the run has left something behind that nobody waits for, and that may go on for ever. */
  leaveBehind(): void;
  /**
   * Ends the process with this code when all is done, and after a second in any case where the code is not 0 or something was
   * left behind.
   */
  finish(code: number): void;
  /** Ends the process at once; temporary files are removed. */
  exit(code: number): void;
}
