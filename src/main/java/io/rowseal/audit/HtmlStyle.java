package io.rowseal.audit;

/** How a report looks. */
final class HtmlStyle {
  /** The page up to its content. The policy forbids the browser to load anything whatever. */
  static final String HEAD =
      """
      <!DOCTYPE html>
      <html lang="en"><head><meta charset="utf-8">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <title>$title</title>
      <style>
      :root { color-scheme: light }
      body { margin: 0; background: #f6f8fa; color: #1f2328; font: 15px/1.5 system-ui, sans-serif }
      main { max-width: 1280px; margin: 0 auto; padding: 24px; background: #fff; min-height: 100vh; box-sizing: border-box }
      h1 { margin: 0; font-size: 26px; overflow-wrap: anywhere }
      h2 { margin: 36px 0 8px; padding-top: 16px; border-top: 1px solid #d1d9e0; font-size: 20px; overflow-wrap: anywhere }
      h3 { margin: 20px 0 6px; font-size: 15px; color: #59636e }
      .cards { display: flex; gap: 12px; flex-wrap: wrap; margin: 20px 0 }
      .card { border: 1px solid #d1d9e0; border-radius: 8px; padding: 10px 18px; min-width: 90px }
      .card b { display: block; font-size: 24px }
      .card span { color: #59636e }
      .card.error, .badge.error { background: #ffebe9; border-color: #cf222e }
      .card.warning, .badge.warning { background: #fff8c5; border-color: #9a6700 }
      .card.notice, .badge.notice { background: #ddf4ff; border-color: #0969da }
      .badge { border: 1px solid; border-radius: 10px; padding: 0 8px; font-size: 13px; white-space: nowrap }
      .scroll { overflow-x: auto }
      table { border-collapse: collapse; font-size: 13px }
      th, td { padding: 5px 10px; text-align: left; vertical-align: top; border-bottom: 1px solid #d1d9e0 }
      th { color: #59636e; font-weight: 600; white-space: nowrap }
      .overview th, .overview td { padding: 5px 7px }
      .overview td { max-width: 20em; overflow-wrap: break-word }
      td code { font-size: 12px; white-space: nowrap }
      td code.key { white-space: normal; word-break: break-all }
      td.problem { min-width: 16em; overflow-wrap: break-word }
      .number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap }
      td.error { color: #cf222e; font-weight: 600 }
      .good { color: #1a7f37 }
      figure { margin: 12px 0; border: 1px solid #d1d9e0; border-radius: 8px; padding: 8px }
      figcaption { font: 12px ui-monospace, monospace; color: #59636e; overflow-wrap: anywhere }
      svg text { font: 11px system-ui, sans-serif; text-anchor: middle; fill: #1f2328 }
      svg .id { font: 11px ui-monospace, monospace; fill: #59636e }
      svg .period { fill: #59636e }
      .growth rect { fill: #54aeff }
      .graph rect { fill: #fff; stroke: #818b98 }
      .graph .fork rect { fill: #fff8c5; stroke: #9a6700 }
      .graph .tip rect { fill: #dafbe1; stroke: #1a7f37; stroke-width: 2.5 }
      .graph .tombstone rect { stroke-dasharray: 5 3 }
      .graph .invalid rect { fill: #ffebe9; stroke: #cf222e; stroke-width: 2.5 }
      .legend { font-size: 12px; color: #59636e }
      .legend span { border: 1px solid #818b98; border-radius: 4px; padding: 1px 6px; margin-right: 4px }
      .legend .tip { background: #dafbe1; border: 2px solid #1a7f37 }
      .legend .fork { background: #fff8c5; border-color: #9a6700 }
      .legend .tombstone { border-style: dashed }
      .legend .invalid { background: #ffebe9; border: 2px solid #cf222e }
      .legend .gone { border: none }
      .link { fill: none; stroke: #818b98; stroke-width: 1.5 }
      .link.missing { stroke: #cf222e; stroke-dasharray: 2 3 }
      </style></head><body><main>
      """;

  /** What the boxes of version graphs mean. */
  static final String LEGEND =
      """
      <p class="legend"><span class="tip">tip</span> <span class="fork">fork</span>
      <span class="tombstone">tombstone</span> <span class="invalid">does not verify</span>
      <span class="gone">a red dotted line: its parent is missing</span></p>
      """;

  private HtmlStyle() {}
}
