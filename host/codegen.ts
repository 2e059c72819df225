/** Whether text may become code: not with VIGA_CODEGEN=off, nor where the platform forbids it. */
export function canGenerateCode(): boolean {
  if (process.env['VIGA_CODEGEN'] === 'off') return false;
  try {
    return new Function('return true')() === true;
  } catch {
    return false;
  }
}
