import { fold, remember } from './text.ts';

/** A department of Colombia: its two-digit code in the national list of places (DIVIPOLA) and its name. */
export interface Department {
  readonly code: string;
  readonly name: string;
}

/** The 32 departments and the capital district, by code. */
export const departments: readonly Department[] = [
  { code: '05', name: 'Antioquia' },
  { code: '08', name: 'Atlántico' },
  { code: '11', name: 'Bogotá D.C.' },
  { code: '13', name: 'Bolívar' },
  { code: '15', name: 'Boyacá' },
  { code: '17', name: 'Caldas' },
  { code: '18', name: 'Caquetá' },
  { code: '19', name: 'Cauca' },
  { code: '20', name: 'Cesar' },
  { code: '23', name: 'Córdoba' },
  { code: '25', name: 'Cundinamarca' },
  { code: '27', name: 'Chocó' },
  { code: '41', name: 'Huila' },
  { code: '44', name: 'La Guajira' },
  { code: '47', name: 'Magdalena' },
  { code: '50', name: 'Meta' },
  { code: '52', name: 'Nariño' },
  { code: '54', name: 'Norte de Santander' },
  { code: '63', name: 'Quindío' },
  { code: '66', name: 'Risaralda' },
  { code: '68', name: 'Santander' },
  { code: '70', name: 'Sucre' },
  { code: '73', name: 'Tolima' },
  { code: '76', name: 'Valle del Cauca' },
  { code: '81', name: 'Arauca' },
  { code: '85', name: 'Casanare' },
  { code: '86', name: 'Putumayo' },
  { code: '88', name: 'San Andrés y Providencia' },
  { code: '91', name: 'Amazonas' },
  { code: '94', name: 'Guainía' },
  { code: '95', name: 'Guaviare' },
  { code: '97', name: 'Vaupés' },
  { code: '99', name: 'Vichada' },
];

const byCode = new Map(departments.map((department) => [department.code, department]));

/** Names that the files use besides the official one. A district belongs to the department around it. */
const otherNames = Object.entries({
  'Archipiélago de San Andrés Providencia y Santa Catalina': '88',
  Barranquilla: '08',
  'Barranquilla D.E.': '08',
  'Barranquilla D.E.I.P.': '08',
  Bogotá: '11',
  'Bogotá Distrito Capital': '11',
  Buenaventura: '76',
  'Buenaventura D.E.': '76',
  Cartagena: '13',
  'Cartagena de Indias': '13',
  'Cartagena D.T. y C.': '13',
  Guajira: '44',
  'Norte Santander': '54',
  'San Andrés': '88',
  'San Andrés Islas': '88',
  'San Andrés Providencia y Santa Catalina': '88',
  'Santa Marta': '47',
  'Santa Marta D.E.': '47',
  'Santa Marta D.T. y C.': '47',
  'Santafé de Bogotá': '11',
  'Sta Marta': '47',
  'Sta Marta D.E.': '47',
  Valle: '76',
});

const byName = new Map([
  ...departments.map((department) => [fold(department.name), department] as const),
  ...otherNames.map(([name, code]) => [fold(name), byCode.get(code)] as const),
]);

/** The three districts had department codes of their own in the files of July 2020. */
const districtCodes = new Map([
  ['09', '08'],
  ['14', '13'],
  ['48', '47'],
]);

/** Returns a department or the department of a district by its name, in any of its spellings; null if nobody knows it. */
export const departmentByName: (name: string) => Department | null = remember((name) => byName.get(fold(name)) ?? null);

/**
 * Returns the department of a municipality code, or null if there is none: the first two of its five digits.
 *
 * Leading zeros come and go (`5001` is `05001`), and a code of one or two digits is that of the department itself.
 */
export const departmentByMunicipality: (code: string) => Department | null = remember((code) => {
  const digits = code.trim();
  if (!/^\d{1,5}$/.test(digits)) return null;
  return byCode.get(digits.length <= 2 ? digits.padStart(2, '0') : digits.padStart(5, '0').slice(0, 2)) ?? null;
});

/** Returns the department of a value in a department column, which may hold a district's five-digit code as well. */
export const departmentByCode: (code: string) => Department | null = remember((code) => {
  const digits = code.trim().padStart(2, '0');
  return departmentByMunicipality(districtCodes.get(digits) ?? digits);
});

/** Returns a municipality code with its five digits; null if it is none, as the two digits of a department are not. */
export const municipalityCode: (code: string) => string | null = remember((code) => {
  const digits = code.trim();
  return digits.length > 2 && departmentByMunicipality(digits) !== null ? digits.padStart(5, '0') : null;
});
