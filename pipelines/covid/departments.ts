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

const nameOfCode = new Map(departments.map(({ code, name }) => [code, name]));

/** Names that the files use besides the official one, folded. A district belongs to the department around it. */
const otherNames: Readonly<Record<string, string>> = {
  bogota: '11',
  'bogota distrito capital': '11',
  'santafe de bogota': '11',
  'santa fe de bogota d c': '11',
  valle: '76',
  buenaventura: '76',
  'buenaventura d e': '76',
  cartagena: '13',
  'cartagena de indias': '13',
  'cartagena d t y c': '13',
  barranquilla: '08',
  'barranquilla d e': '08',
  'barranquilla d e i p': '08',
  'santa marta': '47',
  'santa marta d t y c': '47',
  'santa marta d e': '47',
  'sta marta': '47',
  'sta marta d e': '47',
  'norte santander': '54',
  'n de santander': '54',
  guajira: '44',
  'san andres': '88',
  'san andres islas': '88',
  'archipielago de san andres': '88',
  'archipielago de san andres providencia y santa catalina': '88',
  'san andres providencia y santa catalina': '88',
};

const codeOfName = new Map([
  ...departments.map(({ code, name }) => [fold(name), code] as const),
  ...Object.entries(otherNames),
]);

/** The three districts had department codes of their own in the files of July 2020. */
const districtCodes: Readonly<Record<string, string>> = { '09': '08', '14': '13', '48': '47' };

/** Returns the official name of a department code, or undefined if there is no such department. */
export function departmentName(code: string): string | undefined {
  return nameOfCode.get(code);
}

/** Returns the code of a department or district by its name in any of its spellings; null if nobody knows it. */
export const departmentByName: (name: string) => string | null = remember((name) => codeOfName.get(fold(name)) ?? null);

/**
 * Returns the department of a municipality code, or null if there is none: the first two of its five digits.
 *
 * Leading zeros come and go (`5001` is `05001`), and a code of one or two digits is that of the department itself.
 */
export const departmentByMunicipality: (code: string) => string | null = remember((code) => {
  const digits = code.trim();
  if (!/^\d{1,5}$/.test(digits)) return null;
  const department = digits.length <= 2 ? digits.padStart(2, '0') : digits.padStart(5, '0').slice(0, 2);
  return nameOfCode.has(department) ? department : null;
});

/** Returns the department of a value in a department column, which may hold a district's five-digit code as well. */
export const departmentByCode: (code: string) => string | null = remember((code) => {
  const digits = code.trim();
  return districtCodes[digits.padStart(2, '0')] ?? departmentByMunicipality(digits);
});

/** Returns a municipality code with its five digits; null if it is none, as the two digits of a department are not. */
export const municipalityCode: (code: string) => string | null = remember((code) => {
  const digits = code.trim();
  return /^\d{4,5}$/.test(digits) && departmentByMunicipality(digits) !== null ? digits.padStart(5, '0') : null;
});
