package io.rowseal.audit;

/** How a report looks: in light and dark, on a phone, and printed. */
final class HtmlStyle {
  /** The page up to its content. The policy forbids the browser to load anything whatever. */
  private static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>$title</title>
      <style>
      :root { color-scheme: light dark;
        --page: #f6f8fa; --paper: #fff; --text: #1f2328; --muted: #59636e; --line: #d1d9e0; --edge: #818b98; --link: #0969da; --bar: #54aeff;
        --error: #cf222e; --error-paper: #ffebe9; --warning: #9a6700; --warning-paper: #fff8c5; --notice: #0969da; --notice-paper: #ddf4ff; --good: #1a7f37; --good-paper: #dafbe1 }
      @media (prefers-color-scheme: dark) { :root {
        --page: #0d1117; --paper: #151b23; --text: #e6edf3; --muted: #9198a1; --line: #3d444d; --edge: #656c76; --link: #58a6ff; --bar: #388bfd;
        --error: #ff7b72; --error-paper: #3c1618; --warning: #e3b341; --warning-paper: #332701; --notice: #79c0ff; --notice-paper: #102a4c; --good: #56d364; --good-paper: #0f2d1a } }
      body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif }
      main { max-width: 1280px; margin: 0 auto; padding: 24px; background: var(--paper); min-height: 100vh; box-sizing: border-box }
      h1, h2, h3, summary, td, th, .meaning { overflow-wrap: anywhere }
      h1 { margin: 0; font-size: 26px; line-height: 1.25 }
      h2 { margin: 40px 0 12px; font-size: 20px }
      h3 { margin: 28px 0 8px; font-size: 15px; scroll-margin-top: 12px }
      a { color: var(--link); text-decoration: none }
      a:hover { text-decoration: underline }
      code, .mono { font: 12px/1.6 ui-monospace, monospace }
      h3 code, .codes code { font-size: 14px; font-weight: 600 }
      .meaning { font-weight: 400 }
      .muted, .count, .zero, thead th { color: var(--muted) }
      .muted { margin: 4px 0; font-size: 13px }
      .count { font-weight: 400; font-size: 13px; white-space: nowrap }
      .good { color: var(--good) }
      .cards { display: grid; grid-template-columns: repeat(auto-fit, minmax(110px, 1fr)); gap: 12px; margin: 20px 0 }
      .card { border: 1px solid var(--line); border-radius: 8px; padding: 10px 16px; color: inherit }
      .card b { display: block; font-size: 24px; font-variant-numeric: tabular-nums }
      .card span { color: var(--muted) }
      .error { background: var(--error-paper); border-color: var(--error) }
      .warning { background: var(--warning-paper); border-color: var(--warning) }
      .notice { background: var(--notice-paper); border-color: var(--notice) }
      .badge { border-width: 1px; border-style: solid; border-radius: 10px; padding: 1px 8px; font-size: 12px; font-weight: 400; white-space: nowrap }
      .badge.error { color: var(--error) } .badge.warning { color: var(--warning) } .badge.notice { color: var(--notice) }
      .codes { list-style: none; margin: 0; padding: 0; border: 1px solid var(--line); border-radius: 8px }
      .codes li + li { border-top: 1px solid var(--line) }
      .codes a { display: block; padding: 8px 12px; color: inherit }
      details.findings, details.clean, details.history { border: 1px solid var(--line); border-radius: 8px; margin: 6px 0; padding: 0 12px }
      .findings > summary, .clean > summary, .history > summary { margin: 0 -12px; padding: 7px 12px; cursor: pointer }
      .findings > .muted { margin: 8px 0 }
      .findings > summary, .history > summary { word-break: break-all }
      .whole > summary { cursor: pointer; list-style: none; text-decoration: underline dotted var(--edge); text-underline-offset: 3px }
      .whole > summary::-webkit-details-marker { display: none }
      .whole[open] > summary { color: var(--muted) }
      .scroll { overflow-x: auto }
      table { border-collapse: collapse; font-size: 13px; width: 100% }
      th, td { padding: 6px 12px 6px 0; text-align: left; vertical-align: top; border-top: 1px solid var(--line) }
      thead th { border-top: none; font-weight: 400; white-space: nowrap }
      .findings td { width: 20% } .findings td:nth-child(1), .findings td:nth-child(4) { width: 35% } .findings td:nth-child(3) { width: 10% }
      .overview { width: auto; min-width: 100% }
      .overview td, .overview thead th { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
      .overview th:first-child { position: sticky; left: 0; background: var(--paper); min-width: 11em; text-align: left; font-weight: 600 }
      .clean :is(th, td):is(:nth-child(2), :nth-child(3), :nth-child(4)) { display: none }
      .overview td:last-child, .overview th:last-child { text-align: left; padding-right: 0 }
      .overview td:nth-child(2):not(.zero) { color: var(--error); font-weight: 600 }
      figure { margin: 12px 0; border-top: 1px solid var(--line); padding-top: 12px }
      figcaption { color: var(--muted); overflow-wrap: anywhere }
      svg { display: block }
      svg text { font: 11px system-ui, sans-serif; text-anchor: middle; fill: var(--text) }
      svg .id { font: 11px ui-monospace, monospace; fill: var(--muted) }
      svg .period { fill: var(--muted) }
      .growth rect { fill: var(--bar) }
      .graph rect { fill: var(--paper); stroke: var(--edge) }
      .graph .fork rect { fill: var(--warning-paper); stroke: var(--warning) }
      .graph .tip rect { fill: var(--good-paper); stroke: var(--good); stroke-width: 2.5 }
      .graph .tombstone rect { stroke-dasharray: 5 3 }
      .graph .invalid rect { fill: var(--error-paper); stroke: var(--error); stroke-width: 2.5 }
      .legend { font-size: 12px; line-height: 2; color: var(--muted) }
      .legend span { border: 1px solid var(--edge); border-radius: 4px; padding: 1px 6px; margin-right: 4px; color: var(--text) }
      .legend .tip { background: var(--good-paper); border: 2px solid var(--good) }
      .legend .fork { background: var(--warning-paper); border-color: var(--warning) }
      .legend .tombstone { border-style: dashed }
      .legend .invalid { background: var(--error-paper); border: 2px solid var(--error) }
      .link { fill: none; stroke: var(--edge); stroke-width: 1.5 }
      .link.missing { stroke: var(--error); stroke-dasharray: 2 3 }
      @media (max-width: 640px) {
        main { padding: 16px }
        .findings thead { display: none }
        .findings tr { display: block; border-top: 1px solid var(--line); padding: 6px 0 }
        .findings td { display: grid; grid-template-columns: 60px minmax(0, 1fr); width: auto !important; border: none; padding: 2px 0 }
        .findings td:empty { display: none }
        .findings td::before { font: 13px/1.6 system-ui, sans-serif; color: var(--muted); content: "row key" }
        .findings td:nth-child(2)::before { content: "version" }
        .findings td:nth-child(3)::before { content: "in" }
        .findings td:nth-child(4)::before { content: "problem" }
      }
      @media print {
        :root { color-scheme: light }
        main { max-width: none; padding: 0 }
        .findings::details-content, .clean::details-content { content-visibility: visible; block-size: auto }
        .scroll { overflow: visible }
        .overview { font-size: 9px } .overview th, .overview td { padding-right: 5px; white-space: normal }
        tr, figure, .card { break-inside: avoid } h2, h3, summary { break-after: avoid }
      }
      </style></head><body><main>
      """;

  /** What the boxes of version graphs mean. */
  static final String LEGEND =
      """
      <p class="legend"><span class="tip">tip</span> <span class="fork">fork</span>
      <span class="tombstone">tombstone</span> <span class="invalid">does not verify</span>
      a red dotted line: its parent is missing</p>
      """;

  private HtmlStyle() {}

  /** The page up to its content. */
  static String head(String title) {
    return HEAD.replace("$title", Html.escaped(title));
  }
}
