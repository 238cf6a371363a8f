// The error browser. Texts reach the page as text nodes only, never as markup.
"use strict";

const data = JSON.parse(document.getElementById("data").textContent);
const FIELDS = ["indicator", "status", "period", "region", "growth", "filter", "org", "industry", "mechanism"];
const LEVELS = {span: "spans", link: "links", figure: "figures"};
const at = (id) => document.getElementById(id);
const chosen = {class: at("class"), type: at("type"), article: at("article")};

let shown = []; // numbers of the errors that pass the filters
let current = null; // number of the error that is looked at
let open = null; // number of the article that is shown

/** An element; attributes by name, children are elements or plain text. */
function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  fill(element, ...children);
  return element;
}

/** Give an element these children and no others; null stands for none. */
function fill(element, ...children) {
  element.replaceChildren(...children.filter((child) => child !== null));
}

// --- filters -------------------------------------------------------------------------------------

function countBy(key) {
  const counts = new Map();
  for (const error of data.errors) counts.set(key(error), (counts.get(key(error)) ?? 0) + 1);
  return counts;
}

function fillFilters() {
  for (const [select, field] of [[chosen.class, "kind"], [chosen.type, "type"]]) {
    select.append(make("option", {value: ""}, "all"));
    const counts = countBy((error) => `${error.level}/${error[field]}`);
    for (const [level, name] of Object.entries(LEVELS)) {
      const held = [...counts].filter(([key]) => key.startsWith(`${level}/`)).sort((a, b) => b[1] - a[1]);
      if (!held.length) continue;
      const options = held.map(([key, n]) => make("option", {value: key}, `${key.slice(level.length + 1)} (${n})`));
      select.append(make("optgroup", {label: name}, ...options));
    }
  }
  const counts = countBy((error) => error.article);
  chosen.article.append(make("option", {value: ""}, "all"));
  data.articles.forEach((article, n) => {
    chosen.article.append(make("option", {value: n}, `${article.id} (${counts.get(n) ?? 0})`));
  });
}

function passes(error) {
  return (
    (!chosen.class.value || chosen.class.value === `${error.level}/${error.kind}`) &&
    (!chosen.type.value || chosen.type.value === `${error.level}/${error.type}`) &&
    (!chosen.article.value || Number(chosen.article.value) === error.article)
  );
}

/** Apply the filters; the first error that passes is shown, or the chosen article where none does. */
function filter() {
  shown = [...data.errors.keys()].filter((n) => passes(data.errors[n]));
  fillList();
  if (shown.length) show(shown.includes(current) ? current : shown[0]);
  else {
    current = null;
    openArticle(Number(chosen.article.value || 0));
    mark();
  }
}

// --- the list ------------------------------------------------------------------------------------

/** The figure that an error is about, null for errors on spans. */
function figureOf(error) {
  return error.figure === null ? null : data.articles[error.article].figures[error.figure];
}

function headOf(error) {
  const figure = figureOf(error);
  return figure && make("span", {class: "head"}, `${figure.head} `);
}

function fillList() {
  const rows = [];
  let article = null;
  for (const n of shown) {
    const error = data.errors[n];
    if (error.article !== article) {
      article = error.article;
      rows.push(make("li", {class: "heading"}, data.articles[article].id));
    }
    const button = make(
      "button",
      {type: "button", "data-error": n},
      make("span", {class: `kind ${error.level}`}, error.kind),
      make("span", {class: "type"}, error.type),
      make("span", {class: "sides", lang: data.articles[article].language}, headOf(error), error.gold || "—", " → ", error.found || "—"),
    );
    rows.push(make("li", {}, button));
  }
  if (!rows.length) rows.push(make("li", {class: "heading"}, "No error passes the filters."));
  fill(at("list"), ...rows);
}

// --- the article ---------------------------------------------------------------------------------

function piece(article, [start, text, gold, found], element) {
  const g = gold === null ? null : article.gold[gold];
  const f = found === null ? null : article.found[found];
  const names = ["piece"];
  if (g && g.right) {
    names.push("right", `gold-${g.type}`);
    element.title = describe(g, f);
  } else {
    const end = start + Array.from(text).length;
    if (g) {
      names.push("gold", `gold-${g.type}`);
      if (start === g.start) {
        names.push("gold-begins");
        element.dataset.gold = g.type;
      }
      if (end === g.end) names.push("gold-ends");
    }
    if (f) {
      names.push("found", `found-${f.type}`);
      if (start === f.start) {
        names.push("found-begins");
        element.dataset.found = f.type;
      }
      if (end === f.end) names.push("found-ends");
    }
    element.title = [g && `gold: ${describe(g)}`, f && `predicted: ${describe(f)}`].filter(Boolean).join("\n");
  }
  element.className = names.join(" ");
}

function describe(span, other = span) {
  const sure = other.score === null ? "" : `, confidence ${other.score.toFixed(3)}`;
  return `${span.type} ${span.text}${span.value ? ` = ${span.value}` : ""}${sure}`;
}

function openArticle(n) {
  if (n === open) return;
  open = n;
  const article = data.articles[n];
  const parts = article.pieces.map((p) => {
    const [start, text, gold, found] = p;
    const element = make("span", {"data-start": start}, text);
    if (gold !== null || found !== null) piece(article, p, element);
    return element;
  });
  at("text").lang = article.language;
  fill(at("text"), ...parts);
  fill(
    at("figures"),
    make("h2", {}, `Figures of ${article.id}`),
    ...article.figures.map((figure) => figureCard(figure, article)),
  );
  at("page").scrollTop = 0;
}

// --- figures -------------------------------------------------------------------------------------

function figureCard(figure, article) {
  const {gold, found, wrong} = figure;
  const verdict = !found ? "missed" : !gold ? "invented" : wrong.length ? `≠ ${wrong.join(", ")}` : "right";
  const rows = FIELDS.filter((field) => gold?.fields[field] || found?.fields[field]).map((field) =>
    make(
      "tr",
      wrong.includes(field) ? {class: "wrong", "data-field": field} : {"data-field": field},
      make("th", {}, field),
      make("td", {}, gold?.fields[field] || "—"),
      make("td", {}, found?.fields[field] || "—"),
    ),
  );
  const score = found?.score == null ? "" : ` ${found.score.toFixed(2)}`;
  const head = make("tr", {}, make("th"), make("th", {}, "gold"), make("th", {}, `predicted${score}`));
  const card = make(
    "details",
    {lang: article.language, "data-start": figure.start, class: verdict === "right" ? "right" : "wrong"},
    make("summary", {}, make("b", {}, figure.head), make("span", {}, verdict)),
    make("table", {}, head, ...rows),
  );
  card.open = verdict !== "right";
  card.querySelector("summary").addEventListener("click", () => goTo(figure.start));
  return card;
}

// --- moving --------------------------------------------------------------------------------------

/** Scroll a pane, and nothing else, so that the element is in its upper half. */
function reveal(pane, element) {
  if (!element) return;
  const [outer, inner] = [pane.getBoundingClientRect(), element.getBoundingClientRect()];
  pane.scrollTop += inner.top - outer.top - pane.clientHeight * 0.4;
}

function goTo(start) {
  reveal(at("page"), at("text").querySelector(`[data-start="${start}"]`));
}

/** Mark in text, list and figures what belongs to the current error. */
function mark() {
  // Not everywhere: the legend shows these marks too.
  const marked = ":is(#list, #text, #figures) :is(.current, .wanted, .taken)";
  for (const element of document.querySelectorAll(marked)) {
    element.classList.remove("current", "wanted", "taken");
  }
  const place = current === null ? -1 : shown.indexOf(current);
  at("place").textContent = `${place + 1} of ${shown.length}`;
  at("previous").disabled = at("next").disabled = !shown.length;
  const article = data.articles[open];
  if (current === null) {
    fill(at("detail"), make("b", {}, article.id), " ", make("small", {}, article.about));
    return;
  }
  const error = data.errors[current];
  const figure = figureOf(error);
  const wanted = new Set(figure?.gold?.links[error.type]);
  const taken = new Set(figure?.found?.links[error.type]);
  let first = null;
  article.pieces.forEach(([start, , gold, found], n) => {
    const element = at("text").children[n];
    if (start >= error.start && start < error.end) {
      element.classList.add("current");
      first ??= element;
    }
    if (gold !== null && wanted.has(gold)) element.classList.add("wanted");
    if (found !== null && taken.has(found)) element.classList.add("taken");
  });
  fill(
    at("detail"),
    make("b", {}, article.id),
    make("span", {class: `kind ${error.level}`}, error.kind),
    make("span", {class: "type"}, error.type),
    figure && make("span", {class: "head", lang: article.language}, figure.head),
    make("span", {lang: article.language}, make("small", {}, "gold "), error.gold || "—"),
    make("span", {lang: article.language}, make("small", {}, "predicted "), error.found || "—"),
    make("small", {class: "about"}, article.about),
  );
  reveal(at("page"), first);
  const row = at("list").querySelector(`[data-error="${current}"]`);
  row.classList.add("current");
  reveal(at("list"), row);
  const card = at("figures").querySelector(`details[data-start="${error.start}"]`);
  if (card) {
    card.classList.add("current");
    card.open = true;
    reveal(at("figures"), card);
  }
}

function show(n) {
  current = n;
  openArticle(data.errors[n].article);
  mark();
  if (!at("errors").hidden) history.replaceState(null, "", `#error-${n + 1}`);
}

function step(by) {
  if (!shown.length) return;
  const place = shown.indexOf(current);
  show(shown[(place + by + shown.length) % shown.length]);
}

/** The view that the address names: `#errors`, `#error-12`, else the overview. */
function route() {
  const [, number] = location.hash.match(/^#error-(\d+)$/) ?? [];
  const browsing = location.hash === "#errors" || number !== undefined;
  at("overview").hidden = browsing;
  at("errors").hidden = !browsing;
  for (const link of document.querySelectorAll("nav a")) {
    if ((link.hash === "#errors") === browsing) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (number !== undefined && data.errors[number - 1]) current = number - 1;
  if (browsing) filter();
}

// --- what people do ------------------------------------------------------------------------------

const STEPS = {j: 1, ArrowDown: 1, ArrowRight: 1, k: -1, ArrowUp: -1, ArrowLeft: -1};

addEventListener("hashchange", route);
addEventListener("keydown", (event) => {
  const by = STEPS[event.key];
  if (!by || at("errors").hidden || event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.target.closest("select")) return;
  event.preventDefault();
  step(by);
});
at("next").addEventListener("click", () => step(1));
at("previous").addEventListener("click", () => step(-1));
at("list").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) show(Number(button.dataset.error));
});
for (const select of Object.values(chosen)) {
  select.addEventListener("change", () => {
    filter();
    select.blur(); // the arrow keys step through errors again
  });
}
at("overview").addEventListener("click", (event) => {
  const button = event.target.closest("button[data-class]");
  if (!button) return;
  [chosen.class.value, chosen.type.value, chosen.article.value] = [button.dataset.class, button.dataset.type, ""];
  current = null;
  location.hash = "#errors";
});

fillFilters();
fill(
  at("legend"),
  ...data.types.map((type) => make("span", {class: `piece right gold-${type}`}, type)),
  make("span", {class: "piece gold"}, "gold only"),
  make("span", {class: "piece found"}, "predicted only"),
  make("span", {class: "piece wanted"}, "linked by gold"),
  make("span", {class: "piece taken"}, "linked by prediction"),
);
route();
