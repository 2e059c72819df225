// The closed lists of the published data set. A value outside its list is odd, and odd is null.
import { wordList } from './text.ts';

/** How a case was caught. */
export const contagionTypes = ['Comunitaria', 'Desconocido', 'En estudio', 'Importado', 'Relacionado'] as const;

export const contagionType: (text: string) => string | null = wordList(contagionTypes, {
  comunitario: 'Comunitaria',
  importada: 'Importado',
  relacionada: 'Relacionado',
});

/** How ill the person was. `N/A` stands for a death by another cause, here and in the two lists below. */
export const severity: (text: string) => string | null = wordList([
  'Asintomático',
  'Fallecido',
  'Grave',
  'Leve',
  'Moderado',
  'N/A',
]);

/** Where the person was. */
export const location: (text: string) => string | null = wordList(
  ['Casa', 'Fallecido', 'Hospital', 'Hospital UCI', 'N/A'],
  { uci: 'Hospital UCI' },
);

/** How the case ended, or where the person is cared for while it has not. */
export const outcome: (text: string) => string | null = wordList([
  'Activo',
  'Casa',
  'Fallecido',
  'Hospital',
  'Hospital UCI',
  'N/A',
  'Recuperado',
]);

/** How recovery was found: by a negative second sample, or by 30 days without symptoms. */
export const recoveryType: (text: string) => string | null = wordList(['PCR', 'Tiempo']);

/** Ethnic group, which the 21-column layout writes as a word and the 23-column one as a number. */
export const ethnicity: (text: string) => string | null = wordList(
  ['Indígena', 'ROM', 'Raizal', 'Palenquero', 'Negro', 'Otro'],
  { 1: 'Indígena', 2: 'ROM', 3: 'Raizal', 4: 'Palenquero', 5: 'Negro', 6: 'Otro' },
);
