import { ConnectorError } from 'viga';

/** Who owns which device, and how many bytes an hour each may use. */
export interface UserTable {
  readonly emails: ReadonlyMap<string, string>;
  /** By email; null for those without one. */
  readonly quotas: ReadonlyMap<string, bigint | null>;
}

/** A row as a CSV file or a database gives it. */
export interface UserRow {
  readonly id: unknown;
  readonly email: unknown;
  readonly quota: unknown;
}

/** The columns that a table of users has to have. */
export const columns = ['id', 'email', 'quota'] as const;

/** The email of a device's user; undefined for a device that nobody owns. */
export const emailOf = ({ emails }: UserTable, id: string): string | undefined => emails.get(id);

/** How many bytes an hour may be used by an email; null where there is no limit. */
export const quotaOf = ({ quotas }: UserTable, email: string): bigint | null => quotas.get(email) ?? null;

/**
 * Checks the rows of a table of users. Users may share an email, which then has the highest of their quotas; a row that
 * comes twice counts once.
 *
 * @param place names the table in errors.
 * @throws ConnectorError for a row without id or email, an id with two emails, and a quota that is no whole number.
 */
export function userTableOf(rows: readonly UserRow[], place: string): UserTable {
  const emails = new Map<string, string>();
  const quotas = new Map<string, bigint | null>();
  for (const row of rows) {
    const id = textOf(row.id);
    const email = textOf(row.email);
    if (id === '' || email === '') {
      const missing = id === '' ? 'id' : 'email';
      const found = `id '${id}', email '${email}', quota '${textOf(row.quota)}'`;
      throw problem(place, `a user has no ${missing}: ${found}`, `Give each user an ${missing}`);
    }
    const other = emails.get(id);
    if (other !== undefined && other !== email) {
      throw problem(
        place,
        `the id ${id} comes twice, with the emails ${other} and ${email}`,
        'Keep one row for each id',
      );
    }
    emails.set(id, email);
    quotas.set(email, higher(quotas.get(email), quotaIn(row, id, place)));
  }
  return { emails, quotas };
}

function quotaIn({ quota }: UserRow, id: string, place: string): bigint | null {
  const text = textOf(quota);
  if (text === '') return null;
  if (/^\d+$/.test(text)) return BigInt(text);
  throw problem(
    place,
    `the quota of ${id} is '${text}', which is no whole number of bytes from 0`,
    'Correct it, or leave it empty for no limit',
  );
}

/** The higher of two quotas, as SQL's MAX has it: no quota is lower than any. */
function higher(a: bigint | null | undefined, b: bigint | null): bigint | null {
  return a == null || (b !== null && b > a) ? b : a;
}

/** A CSV file has text, a database numbers as well and nulls; anything else is no value. */
function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' ? `${value}`.trim() : '';
}

function problem(place: string, what: string, fix: string): ConnectorError {
  return new ConnectorError(place, `${what}. Bytes would count for the wrong user. ${fix}.`);
}
