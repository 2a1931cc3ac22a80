// Keeps decisions in the browser, until the reviewer downloads them as one file. Used in pages that work offline.

const bundle = JSON.parse(document.getElementById("data").textContent);
const KEPT = `korean-flashcards-review-${bundle.id}`;
const kept = { decisions: [], reviewer: "", isStored: true, isDownloaded: true };
const STATES = { approve: "approved", reject: "rejected", edit: "edited", drop: "unreviewed" };
const DONE = { approve: "approved", reject: "rejected", edit: "edited", drop: "edit discarded" };

// Reads the decisions again before each step, because another tab may have the same page.
function read() {
  if (!kept.isStored) return;
  try {
    Object.assign(kept, JSON.parse(localStorage.getItem(KEPT) ?? "{}"));
  } catch {
    kept.isStored = false;
  }
}
read();

function keep() {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ decisions: kept.decisions, reviewer: kept.reviewer }));
  } catch {
    kept.isStored = false;
  }
  document.getElementById("download").disabled = !kept.decisions.length;
}

const isPart = (one, other) => one.item_id === other.item_id && one.card === other.card;

// A card as it is after the decisions on this page.
function decided(base) {
  const item = structuredClone(base);
  for (const decision of kept.decisions.filter((each) => isPart(each, base))) {
    item.state = STATES[decision.action];
    item.said = decision.reason ? `rejected: ${decision.reason}` : `${DONE[decision.action]} on this page`;
    item.conflicts = [];
    item.needs_review = decision.action === "drop";
    for (const field of item.fields) {
      const text = decision.action === "drop" ? field.generated : decision.values?.[field.name];
      if (text === undefined || text === null) continue;
      field.generated = decision.action === "drop" ? null : field.generated ?? field.text;
      field.text = text;
    }
  }
  return item;
}

function fits(item, filter) {
  const text = filter.word.trim().toLowerCase();
  const states = { waiting: item.needs_review, conflict: item.conflicts.length > 0, all: true };
  return (states[filter.show] ?? item.state === filter.show) && (!filter.verdict || filter.verdict === item.verdict) &&
    (!filter.card || filter.card === item.card) && (!text || item.item_id.includes(text) || item.meaning.toLowerCase().includes(text));
}

const selected = (filter) => bundle.items[filter.stage].map(decided).filter((item) => fits(item, filter));
const rank = (part) => bundle.items[part.card === "analysis" ? "nuance" : "flashcards"].findIndex((item) => isPart(item, part));

function found(part) {
  const base = bundle.items[part.card === "analysis" ? "nuance" : "flashcards"].find((item) => isPart(item, part));
  return base && decided(base);
}

// Escapes as the deck does (formats/anki_note.py).
function escaped(text) {
  const signs = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "{": "&#123;", "\x1f": "" };
  return text.trim().normalize("NFC").replace(/[&<>"'{\x1f]/g, (sign) => signs[sign]).replace(/\r\n|\n|\r/g, "<br>")
    .replace(/\[(sound:|anki:|latex\]|\$|\[type:)/gi, "&#91;$1").replace(/\\(\(|\[|&#91;)/g, "\\<span></span>$1");
}

const NOTE_FIELDS = { front: "Front", ipa: "IPA", primary_meaning: "Meaning", pos: "PartOfSpeech" };

// The deck lays the note out again after the import, so small things may differ from this preview.
function noteOf(item, values = {}) {
  const note = { ...bundle.notes[`${item.item_id}/${item.card}`] };
  const edited = item.fields.filter((field) => field.generated !== null && field.text !== bundle.items[item.card === "analysis" ? "nuance" : "flashcards"][rank(item)].fields.find((each) => each.name === field.name).text);
  const texts = { ...Object.fromEntries(edited.map((field) => [field.name, field.text])), ...values };
  for (const [name, field] of Object.entries(NOTE_FIELDS)) if (name in texts) note[field] = escaped(texts[name]);
  if ("back" in texts) note.Back = escaped(texts.back) + (/<br><br>Easily confused: .*$/s.exec(note.Back)?.[0] ?? "");
  return note;
}

function problemIn(values) {
  for (const [name, text] of Object.entries(values)) {
    if (["front", "back", "ipa", "pos", "primary_meaning"].includes(name) && !text.trim()) return `The ${name} field must not be empty.`;
    if (["comparison", "homonyms", "korean_keywords"].includes(name)) {
      try {
        JSON.parse(text);
      } catch (error) {
        return `The ${name} field must be JSON: ${error.message}`;
      }
    }
  }
  return null;
}

function record(decisions) {
  const group = (kept.decisions.at(-1)?.group ?? 0) + 1;
  kept.decisions.push(...decisions.map((decision) => ({ ...decision, group })));
  kept.isDownloaded = false;
  keep();
  const [first] = decisions;
  const about = decisions.length === 1 ? `${first.item_id} ${first.card}` : counted(decisions.length, first.card === "analysis" ? "analysis" : "card", first.card === "analysis" ? "analyses" : "cards");
  return { done: `${about} ${DONE[first.action]}.`, undoable: kept.decisions.length };
}

const OFFLINE = {
  start: () => ({ ...bundle.start, undoable: kept.decisions.length }),
  card({ filter, at, step }) {
    const items = selected(filter);
    const show = (item, place) => ({ item, note: item && noteOf(item), problem: null, place, count: items.length, undoable: kept.decisions.length });
    if (at && !step && found(at)) return show(found(at), 1 + items.filter((item) => rank(item) < rank(at)).length);
    const from = at ? rank(at) : -1;
    const places = [...items.keys()].filter((place) => (rank(items[place]) - from) * (step || 1) > 0);
    if (!places.length) return show(null, 0);
    const place = step < 0 ? places.at(-1) : places[0];
    return show(items[place], place + 1);
  },
  preview(request) {
    const problem = problemIn(request.values);
    return { note: problem ? null : noteOf(found(request), request.values), problem };
  },
  approve: (request) => record([{ action: "approve", ...request }]),
  reject(request) {
    if (!request.reason.trim()) throw new Error("Give a reason for the rejection. Nothing was changed.");
    return record([{ action: "reject", ...request, reason: request.reason.trim() }]);
  },
  edit(request) {
    const problem = problemIn(request.values);
    if (problem) throw new Error(problem);
    return record([{ action: "edit", ...request }]);
  },
  drop(request) {
    if (!found(request).fields.some((field) => field.generated !== null)) throw new Error(`${request.item_id} ${request.card} has no edit. Nothing was changed.`);
    return record([{ action: "drop", ...request }]);
  },
  selection({ filter }) {
    const items = selected(filter), verdicts = {};
    for (const item of items) verdicts[item.verdict ?? "no verdict"] = (verdicts[item.verdict ?? "no verdict"] ?? 0) + 1;
    return { count: items.length, verdicts, digest: "" };
  },
  approve_all: ({ filter }) => record(selected(filter).map(({ item_id, card, fingerprint, last_review }) => ({ action: "approve", item_id, card, fingerprint, last_review }))),
  undo() {
    const last = kept.decisions.at(-1);
    if (!last) throw new Error("There is nothing to undo.");
    const undone = kept.decisions.filter((each) => each.group === last.group);
    kept.decisions = kept.decisions.filter((each) => each.group !== last.group);
    keep();
    return { done: `Undone: ${undone.length === 1 ? `${last.item_id} ${last.card}` : counted(undone.length, "decision")} ${DONE[last.action]}.`, item_id: undone[0].item_id, card: undone[0].card, undoable: kept.decisions.length };
  },
};

async function ask(action, request = {}) {
  read();
  const answer = OFFLINE[action](request);
  if (!kept.isStored && kept.decisions.length) {
    document.getElementById("note").textContent = "This browser does not keep decisions of pages that are files. Download them before you close the page.";
    document.getElementById("note").hidden = false;
  }
  return answer;
}

async function download() {
  read();
  document.getElementById("reviewer").value = kept.reviewer;
  if (!(await askIn("download-dialog", document.getElementById("reviewer")))) return;
  kept.reviewer = document.getElementById("reviewer").value.trim();
  keep();
  const decisions = kept.decisions.map(({ group: _, ...decision }) => decision);
  const { id, project_id } = bundle;
  const file = { format: "korean-flashcards-review", version: 1, bundle: id, project_id, reviewer: kept.reviewer || null, decisions };
  const address = URL.createObjectURL(new Blob([JSON.stringify(file, null, 1)], { type: "application/json" }));
  Object.assign(document.createElement("a"), { href: address, download: `review-${id}.json` }).click();
  URL.revokeObjectURL(address);
  kept.isDownloaded = true;
  say(`${counted(decisions.length, "decision")} downloaded as review-${id}.json. Send the file to the person who sent you this page.`);
}

document.getElementById("download").hidden = false;
document.getElementById("download").addEventListener("click", () => run(download));
addEventListener("beforeunload", (event) => {
  if (!kept.isStored && !kept.isDownloaded) event.preventDefault();
});
keep();
