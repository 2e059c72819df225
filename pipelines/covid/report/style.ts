/** The look of the report. Each chart is there twice, for a wide window and for a phone; one of them is shown. */
export const style = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0; background: #f3f5f8; color: #24313f; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 1080px; margin: 0 auto; padding: 24px 16px 48px; }
h1 { margin: 0 0 4px; font-size: 28px; line-height: 1.2; }
h2 { margin: 0; font-size: 18px; line-height: 1.3; }
p { margin: 4px 0 0; color: #54616f; }
dl { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 20px 0; }
dl div, figure { background: #fff; border: 1px solid #dfe4ea; border-radius: 8px; padding: 16px; }
dt { color: #54616f; font-size: 14px; }
dd { margin: 0; font-size: 24px; font-weight: 600; font-variant-numeric: tabular-nums; }
.figures { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 16px; }
figure { margin: 0; min-width: 0; }
figure.wide { grid-column: 1 / -1; }
figcaption { margin-bottom: 12px; }
figcaption p { font-size: 14px; }
svg { display: block; width: 100%; height: auto; }
.small { display: none; }
@media (max-width: 720px) {
  .figures { grid-template-columns: minmax(0, 1fr); }
  figure.wide { grid-column: auto; }
  .large { display: none; }
  .small { display: block; max-width: 440px; margin: 0 auto; }
}
@media print { body { background: #fff; } figure { break-inside: avoid; } }
`;
