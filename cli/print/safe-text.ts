// Text that comes from data, from users' errors and from option values, made fit to be shown: no control character may
// reach the terminal, no secret any stream.

const CONTROL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

/** Makes control characters visible, so that no element can move the cursor or hide a line. Line feeds stay. */
export const visible = (text: string): string =>
  text.replace(CONTROL, (character) => {
    const code = character.charCodeAt(0);
    if (character === '\t') return ' ';
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });

/** Visible, and on one line. */
export const oneLine = (text: string): string => visible(text.replace(/\s*\n\s*/g, ' '));

const SECRET_NAME = /passw(or)?d|passphrase|secret|token|credential|private.?key|(api|access|auth).?key|^key$/i;
const HIDDEN = '***';

/** Whether an option's, field's or variable's name says that its value is secret. */
export const isSecretName = (name: string): boolean => SECRET_NAME.test(name);

// A field of JSON text with its value: a string that may be cut off at the end, a number or a word.
const JSON_FIELD = /"((?:[^"\\]|\\.)*)"(\s*:\s*)("(?:[^"\\]|\\.)*"?|[^\s,{}[\]"]+)/g;
const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/@]+@/gi;
const NAMED_VALUE =
  /\b((?:password|passwd|passphrase|secret|token|api[_-]?key|access[_-]?key)\s*[=:]\s*)[^\s,;&"'}]+/gi;

/** An option `--key` is secret; the field is what every key-value pair has, and what its element is known by. */
const isSecretField = (name: string): boolean => name !== 'key' && isSecretName(name);

/** Takes the secrets out of text: the values of secret options, of secret fields in JSON, passwords in URLs. */
export type Redact = (text: string) => string;

/** @param secrets Values that must never be shown. Those of fewer than four characters would hide half of any text. */
export function redactor(secrets: readonly string[]): Redact {
  // The longest first: one secret may hold another.
  const values = secrets.filter((secret) => secret.length >= 4).sort((a, b) => b.length - a.length);
  return (text) => {
    let safe = text;
    for (const value of values) safe = safe.replaceAll(value, HIDDEN);
    return safe
      .replace(JSON_FIELD, (all, name, colon) => (isSecretField(name) ? `"${name}"${colon}"${HIDDEN}"` : all))
      .replace(URL_PASSWORD, `$1:${HIDDEN}@`)
      .replace(NAMED_VALUE, `$1${HIDDEN}`);
  };
}
