import { OptionsError } from 'viga';

/** Where the table of users is. */
export type UsersPlace =
  | { readonly kind: 'csv'; readonly file: string }
  | { readonly kind: 'sqlite'; readonly database: string; readonly table: string };

const SQLITE = 'sqlite:';

/** @throws OptionsError if it is a database without a table, or nothing. */
export function parseUsersPlace(text: string): UsersPlace {
  if (text === '') {
    throw new OptionsError('users', 'the name is empty. Messages are joined with users. Name a file, or leave it out.');
  }
  if (!text.startsWith(SQLITE)) return { kind: 'csv', file: text };
  const at = text.lastIndexOf('#');
  const database = text.slice(SQLITE.length, Math.max(at, 0));
  const table = text.slice(at + 1);
  if (at < 0 || database === '' || table === '') {
    throw new OptionsError(
      'users',
      `'${text}' names no table of a database. There is nothing to read. Give sqlite:FILE#TABLE, e.g. sqlite:people.db#user_metadata.`,
    );
  }
  return { kind: 'sqlite', database, table };
}

/** How messages call it. */
export const nameOf = (place: UsersPlace): string =>
  place.kind === 'csv' ? place.file : `${place.database} table ${place.table}`;
