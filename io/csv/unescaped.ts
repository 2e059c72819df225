import type { Marks } from './dialect.ts';

/** The content of a quoted field without its escapes: what stands after an escape is itself, whatever it is. */
export function unescaped(content: string, { quote, escape }: Marks): string {
  const mark = String.fromCharCode(escape);
  if (quote === escape) return content.replaceAll(mark + mark, mark);
  let result = '';
  let from = 0;
  for (let at = content.indexOf(mark); at >= 0; at = content.indexOf(mark, from + 1)) {
    result += content.slice(from, at);
    from = at + 1;
  }
  return result + content.slice(from);
}
