import { cleanUpperText, fold, remember } from './text.ts';

/** Spellings of one country, folded. What is a region, a ship or a slip is no country at all. */
const spellings: ReadonlyMap<string, string | null> = new Map([
  ['arabia saudi', 'ARABIA SAUDITA'],
  ['arabia saudita', 'ARABIA SAUDITA'],
  ['belgica', 'BÉLGICA'],
  ['canada', 'CANADÁ'],
  ['colombiana', 'COLOMBIA'],
  ['colombiano', 'COLOMBIA'],
  ['crucero', null],
  ['desconocido', null],
  ['emiratos arabes', 'EMIRATOS ÁRABES UNIDOS'],
  ['emiratos arabes unidos', 'EMIRATOS ÁRABES UNIDOS'],
  ['espana', 'ESPAÑA'],
  ['estados unidos de america', 'ESTADOS UNIDOS'],
  ['estambul', 'TURQUÍA'],
  ['europa', null],
  ['kenya', 'KENIA'],
  ['madrid', 'ESPAÑA'],
  ['mexico', 'MÉXICO'],
  ['panama', 'PANAMÁ'],
  ['peru', 'PERÚ'],
  ['reino unido de gran bretana e irlanda del norte', 'REINO UNIDO'],
  ['republica dominicana', 'REPÚBLICA DOMINICANA'],
  ['turquia', 'TURQUÍA'],
]);

/**
 * Returns a country's name in upper case with its accents, one spelling each: `Peru`, `PERU` and `PERÚ` are `PERÚ`.
 * Several countries (`España - Italia`) stay several. Null if the text names none.
 */
export const countryName: (text: string) => string | null = remember((text) => {
  // `Guinea-Bissau` is one country: a dash that parts two has a blank beside it.
  const names = text.split(/\s+-|-\s+/).map(oneCountry);
  const known = names.filter((name) => name !== null);
  return known.length === 0 ? null : [...new Set(known)].join(' - ');
});

/** Returns the three digits of a numeric ISO 3166 country code, or null if it is none. */
export const countryCode: (text: string) => string | null = remember((text) => {
  const digits = text.trim();
  return /^\d{1,3}$/.test(digits) && Number(digits) > 0 ? digits.padStart(3, '0') : null;
});

function oneCountry(text: string): string | null {
  const spelling = spellings.get(fold(text));
  return spelling === undefined ? cleanUpperText(text) : spelling;
}
