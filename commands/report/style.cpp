#include "commands/report/assets.hpp"

namespace supreme::commands::report {

namespace {

// Blue and orange stay apart for every kind of colour blindness. Nothing is told by colour alone:
// numbers have signs, lines differ in dashes, markers in shape.
constexpr std::string_view css = R"css(
:root {
  color-scheme: light dark;
  --page: #f6f7f8; --surface: #ffffff; --ink: #1a2027; --muted: #56616c; --rule: #dfe3e8;
  --gain: #0a5cad; --gain-rgb: 10 92 173; --loss: #b04600; --loss-rgb: 196 84 0;
  --line: #0a5cad; --other: #6a7480; --shade: rgb(10 92 173 / 0.16);
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #0f1317; --surface: #171c22; --ink: #e5e9ee; --muted: #9ca8b4; --rule: #2b333c;
    --gain: #66b5f7; --gain-rgb: 86 166 236; --loss: #f2994f; --loss-rgb: 230 130 50;
    --line: #66b5f7; --other: #a9b3be; --shade: rgb(102 181 247 / 0.2);
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; scroll-behavior: smooth; }
body {
  margin: 0; background: var(--page); color: var(--ink); overflow-wrap: anywhere;
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
header, main, footer { max-width: 1120px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 32px; }
h1 { font-size: 28px; line-height: 1.2; margin: 0; letter-spacing: -0.01em; }
h2 { font-size: 17px; line-height: 1.3; margin: 0 0 12px; }
p { margin: 8px 0; }
.subtitle { font-size: 17px; color: var(--muted); }
.period, .cut, .note, section > p, figcaption, footer { color: var(--muted); font-size: 13px; }
nav { margin: 16px 0; font-size: 13px; display: flex; flex-wrap: wrap; gap: 4px 16px; }
a { color: var(--gain); text-underline-offset: 3px; }
.banner {
  border: 1px solid var(--loss); border-left-width: 6px; border-radius: 6px;
  padding: 10px 14px; margin: 16px 0; background: rgb(var(--loss-rgb) / 0.1);
}
section {
  background: var(--surface); border: 1px solid var(--rule); border-radius: 10px;
  padding: 20px 22px; margin: 0 0 20px; min-width: 0;
}
.pair { display: grid; gap: 0 20px; grid-template-columns: minmax(0, 1fr); }
@media (min-width: 860px), print {
  .pair { grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); }
}
.figures {
  display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 18px 20px;
  margin: 0 0 14px;
}
.figures dt { font-size: 13px; color: var(--muted); }
.figures dd { margin: 0; font-size: 20px; line-height: 1.25; font-weight: 600; }
.figures dd, .number, .heat td { font-variant-numeric: tabular-nums; }
.figures .note { font-size: 12px; font-weight: 400; line-height: 1.4; }
.gain { color: var(--gain); } .loss { color: var(--loss); }

figure { margin: 0; position: relative; min-width: 0; }
figcaption { margin-top: 6px; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 18px; margin: 0 0 6px; padding: 0;
  font-size: 13px; }
.sample { display: inline-block; width: 22px; height: 0; margin-right: 7px; vertical-align: middle;
  border-top: 2.5px solid var(--line); }
.sample.benchmark { border-top: 2px dashed var(--other); }
.sample.price { border-top-color: var(--other); }
.sample.risk { border-top: 2px dashed var(--loss); }
.sample-bar { display: inline-block; width: 12px; height: 12px; margin-right: 7px;
  vertical-align: -1px; border: 1px solid currentColor; }
.sample-bar.gain { background: var(--gain); } .sample-bar.loss { background: transparent; }
.sample-mark { display: inline-block; margin-right: 6px; }
.entry-long::before { content: "▲"; } .entry-short::before { content: "▼"; }
.exit-won::before { content: "◆"; color: var(--gain); }
.exit-lost::before { content: "◇"; color: var(--loss); }
.choice { margin: 0 4px 0 0; accent-color: var(--gain); vertical-align: -2px; }
.choice + label { font-size: 13px; margin-right: 14px; }
select { font: inherit; font-size: 14px; padding: 4px 8px; max-width: 100%; color: inherit;
  background: var(--surface); border: 1px solid var(--rule); border-radius: 6px; }

svg { display: block; width: 100%; height: auto; touch-action: pan-y; border-radius: 4px; }
svg text { font-size: 12px; fill: var(--muted); font-variant-numeric: tabular-nums; }
svg path, svg rect { vector-effect: non-scaling-stroke; }
.grid { stroke: var(--rule); fill: none; } .axis { stroke: var(--muted); fill: none; }
.zero { stroke: var(--muted); fill: none; }
.line { fill: none; stroke-width: 1.6; stroke-linejoin: round; stroke-linecap: round; }
.equity { stroke: var(--line); }
.benchmark { stroke: var(--other); stroke-dasharray: 5 3; stroke-width: 1.4; }
.price { stroke: var(--other); stroke-width: 1.2; }
.equity-band { fill: var(--shade); } .price-band { fill: var(--other); fill-opacity: 0.22; }
.drawdown { fill: rgb(var(--loss-rgb) / 0.3); stroke: var(--loss); stroke-width: 1; }
.exposure { fill: var(--shade); }
.bar { stroke: var(--surface); } .bar.gain { fill: var(--gain); }
.bar.loss { fill: rgb(var(--loss-rgb) / 0.18); stroke: var(--loss); }
.risk { stroke: var(--loss); fill: none; stroke-width: 1.6; stroke-dasharray: 5 3; }
.held { fill: none; stroke-width: 1.2; } .held.won { stroke: var(--gain); }
.held.lost { stroke: var(--loss); stroke-dasharray: 3 2; }
.entry { fill: var(--ink); stroke: var(--surface); stroke-width: 0.8; }
.exit.won { fill: var(--gain); stroke: var(--surface); stroke-width: 0.8; }
.exit.lost { fill: var(--surface); stroke: var(--loss); stroke-width: 1.4; }
.entry.dense, .exit.dense { stroke-width: 0.5; }
.cross { stroke: var(--ink); fill: none; stroke-opacity: 0.7; pointer-events: none; }
.readout {
  position: absolute; top: 40px; max-width: min(320px, 70%); padding: 8px 11px; font-size: 13px;
  line-height: 1.45; pointer-events: none; background: var(--surface); color: var(--ink);
  border: 1px solid var(--rule); border-radius: 6px; box-shadow: 0 3px 12px rgb(0 0 0 / 0.18);
}
.readout.at-left { left: 8%; } .readout.at-right { right: 2%; }
.readout strong { display: block; } .readout span { display: block; }

.log { display: none; }
.choose-log:checked ~ .linear { display: none; }
.choose-log:checked ~ .log { display: block; }
@media screen and (max-width: 600px) { svg.broad { display: none !important; } }
@media screen and (min-width: 600.01px), print { svg.narrow { display: none !important; } }
@media screen and (min-width: 600.01px) and (max-width: 859.98px) {
  .pair svg { max-width: 640px; margin: 0 auto; } svg.broad text { font-size: 13px; }
}

.scroll { overflow-x: auto; max-width: 100%; overflow-wrap: normal; }
.scroll:focus-visible, svg:focus-visible { outline: 2px solid var(--gain); outline-offset: 2px; }
svg:focus:not(:focus-visible) { outline: none; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th, td { padding: 5px 14px 5px 0; text-align: left; border-bottom: 1px solid var(--rule);
  white-space: nowrap; vertical-align: top; }
th:last-child, td:last-child { padding-right: 0; }
tbody tr:last-child > * { border-bottom: 0; }
thead th { color: var(--muted); font-weight: 500; font-size: 12.5px; }
tbody th { font-weight: 500; }
.number { text-align: right; }
.pair td, .pair tbody th, #settings td, #settings th { white-space: normal; }
#settings tbody th { width: 30%; }
.heat { table-layout: fixed; min-width: 800px; }
.heat th, .heat td { text-align: right; padding: 5px 7px; border: 2px solid var(--surface);
  border-radius: 5px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
.heat .total { font-weight: 600; }
.gain-1 { background: rgb(var(--gain-rgb) / 0.1); } .gain-2 { background: rgb(var(--gain-rgb) / 0.22); }
.gain-3 { background: rgb(var(--gain-rgb) / 0.36); } .gain-4 { background: rgb(var(--gain-rgb) / 0.54); }
.loss-1 { background: rgb(var(--loss-rgb) / 0.1); } .loss-2 { background: rgb(var(--loss-rgb) / 0.22); }
.loss-3 { background: rgb(var(--loss-rgb) / 0.36); } .loss-4 { background: rgb(var(--loss-rgb) / 0.54); }
.pager { display: flex; gap: 10px; align-items: center; margin-top: 12px; font-size: 13px; }
button { font: inherit; padding: 4px 12px; color: inherit; background: var(--surface);
  border: 1px solid var(--rule); border-radius: 6px; cursor: pointer; }
button:disabled { opacity: 0.45; cursor: default; }
.definitions { columns: 2 380px; column-gap: 32px; margin: 0 0 12px; font-size: 13.5px; }
.definitions div { break-inside: avoid; margin-bottom: 7px; }
.definitions dt { font-weight: 600; } .definitions dd { margin: 0; color: var(--muted); }
.with-script { display: none; } .js .with-script { display: block; }
footer { padding-bottom: 40px; }

@media (max-width: 600px) {
  header, main, footer { padding-left: 12px; padding-right: 12px; }
  header { padding-top: 20px; } h1 { font-size: 23px; }
  section { padding: 16px 14px; margin-bottom: 14px; }
  .figures { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 14px; }
  .figures dd { font-size: 18px; }
}
@media print {
  :root {
    --page: #ffffff; --surface: #ffffff; --ink: #000000; --muted: #444444; --rule: #cccccc;
    --gain: #0a5cad; --gain-rgb: 10 92 173; --loss: #b04600; --loss-rgb: 196 84 0;
    --line: #0a5cad; --other: #666666; --shade: rgb(10 92 173 / 0.16); color-scheme: light;
  }
  body { font-size: 11px; } table { font-size: 9.5px; } th, td { padding-right: 8px; }
  header, main, footer { max-width: none; padding-left: 0; padding-right: 0; }
  section { border: 0; padding: 0; } figure, tr, .figures div { break-inside: avoid; }
  h2 { break-after: avoid; } .scroll { overflow: visible; } th, td { white-space: normal; }
  nav, .readout, .cross, .choice, .choice + label, button, .with-script { display: none !important; }
}
)css";

} // namespace

std::string_view style_sheet() noexcept { return css; }

} // namespace supreme::commands::report
