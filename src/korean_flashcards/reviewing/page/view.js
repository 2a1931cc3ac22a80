// Shows a card or an analysis beside its findings. Texts are set as text, never as markup.

const byId = (id) => document.getElementById(id);
const counted = (number, noun, plural = `${noun}s`) => `${number.toLocaleString("en")} ${number === 1 ? noun : plural}`;

function element(name, className, ...content) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...content);
  return made;
}

function showNote(templates, note) {
  const [front, back] = cardPages(templates, note, isDark());
  for (const [id, page] of [["front", front], ["back", back]]) {
    // Loading the same page again would make it flash.
    if (byId(id).getAttribute("srcdoc") !== page) byId(id).setAttribute("srcdoc", page);
  }
}

function showItem(item) {
  byId("title").replaceChildren(
    element("span", "word", item.word),
    element("span", "chip", item.card === "analysis" ? "Analysis" : item.card),
    element("span", `state ${item.state}`, item.state),
    ...(item.score === null ? [] : [element("span", "score", `score ${item.score}`, ` · ${item.verdict}`)]),
  );
  byId("title").firstChild.lang = "ko";
  byId("about").replaceChildren(...[said(item), conflicts(item), findings(item), edits(item), analysis(item)].filter(Boolean));
  byId("switch").firstChild.data = item.card === "analysis" ? "Cards " : "Analysis ";
}

function section(title, ...content) {
  return element("section", "", element("h3", "", title), ...content);
}

function said(item) {
  return item.said && element("p", "said", item.said[0].toUpperCase() + item.said.slice(1));
}

function conflicts(item) {
  const shown = item.conflicts.map((each) =>
    element("div", "conflict",
      element("p", "", `The text that your edit of ${each.field} replaced has been generated again. Approve keeps your edit. X discards it.`),
      pairs([["Your edit", each.edited], ["It replaced", each.replaced], ["Generated now", each.generated]])));
  return shown.length ? section("Conflicts", ...shown) : null;
}

function findings(item) {
  const lines = item.findings.map((each) =>
    element("li", `finding ${each.severity}-finding`, element("b", "", each.severity), ` in ${each.field}: ${each.message}`));
  const isEdited = item.fields.some((field) => field.generated !== null);
  const about = isEdited ? [element("p", "soft", "The next run checks the edited text. These findings are from the last run.")] : [];
  const others = item.findings.length ? [] : item.reasons.map((reason) => element("li", "", reason));
  if (!lines.length && !others.length) return section("Findings", element("p", "soft", "The checks found nothing."));
  return section("Findings", ...about, element("ul", "findings", ...lines, ...others));
}

function edits(item) {
  const edited = item.fields.filter((field) => field.generated !== null);
  if (!edited.length) return null;
  const discard = element("button", "", "Discard the edits ", element("kbd", "", "X"));
  discard.type = "button";
  discard.addEventListener("click", () => run(ACTIONS.discard));
  return section("Generated text before the edits", pairs(edited.map((field) => [field.label, field.generated || "(empty)"])), discard);
}

function analysis(item) {
  const rows = item.card === "analysis" ? item.fields : item.analysis;
  return section("Analysis", pairs(rows.filter((row) => row.text && row.text !== "null").map((row) => [row.label, row.text])));
}

function pairs(rows) {
  return element("dl", "", ...rows.flatMap(([name, text]) => [element("dt", "", name), element("dd", "", text)]));
}

function say(text) {
  byId("status").textContent = text;
  byId("problem").hidden = true;
}

function complain(error) {
  byId("problem").textContent = error.message;
  byId("problem").hidden = false;
}
