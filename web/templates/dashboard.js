"use strict";
// Draws the figures in the colours of the page, again whenever the system switches to light or dark.
const dark = matchMedia("(prefers-color-scheme: dark)");

function template() {
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const axis = { title: { font: { size: 13 } }, gridcolor: colour("line"), linecolor: colour("edge"), zerolinecolor: colour("line"), fixedrange: true, automargin: true };
  const font = { color: colour("text"), family: getComputedStyle(document.body).fontFamily, size: 13 };
  const scale = [[0, colour("card")], [1, colour("heat")]];
  return {
    layout: {
      colorway: ["one", "two", "three"].map(colour),
      font,
      paper_bgcolor: colour("card"),
      plot_bgcolor: colour("card"),
      margin: { l: 16, r: 16, t: 16, b: 24 },
      legend: { orientation: "h", y: 1.02, yanchor: "bottom" },
      hoverlabel: { bgcolor: colour("card"), bordercolor: colour("edge"), font },
      xaxis: axis,
      yaxis: axis,
      bargap: 0.25,
    },
    data: {
      funnel: [{ marker: { color: colour("one") }, insidetextfont: { color: colour("on-one") }, connector: { fillcolor: colour("line") } }],
      heatmap: [{ colorscale: scale, showscale: false, textfont: { color: colour("text") } }],
    },
  };
}

function draw() {
  for (const source of document.querySelectorAll("script[data-chart]")) {
    const { data, layout } = JSON.parse(source.textContent);
    Plotly.react(source.dataset.chart, data, { ...layout, template: template(), dragmode: false }, { responsive: true, displayModeBar: false });
  }
}

dark.addEventListener("change", draw);
draw();
