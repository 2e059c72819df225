/** The three parts of an error of Viga: what is wrong, why it matters, how to fix it. */
export interface Sentences {
  readonly what: string;
  readonly why: string | undefined;
  readonly fix: string | undefined;
}

/**
 * Takes a message of the form `what. why. fix.` apart. The last sentence is the fix and the one before it the reason;
 * all before those is what is wrong, as values with full stops of their own stand there.
 */
export function sentencesOf(message: string): Sentences {
  const parts = message.split(/(?<=[.!?])\s+(?=[\p{Lu}`'"(/])/u);
  if (parts.length < 3) return { what: message, why: undefined, fix: undefined };
  return { what: parts.slice(0, -2).join(' '), why: parts.at(-2), fix: parts.at(-1) };
}
