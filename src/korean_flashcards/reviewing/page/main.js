// Moves through the cards and records decisions.

// The place is the shown card, or the last card of the list if something else is shown, such as its analysis.
const state = { templates: null, item: null, place: null, busy: false, dark: matchMedia("(prefers-color-scheme: dark)").matches };
const FILTERS = ["stage", "show", "verdict", "card", "word"];

const isDark = () => state.dark;
const isOfList = (item) => (item.card === "analysis") === (byId("stage").value === "nuance");
const names = ({ item_id, card }) => ({ item_id, card });
const filterValues = () => Object.fromEntries(FILTERS.map((id) => [id, byId(id).value]));

const ACTIONS = {
  approve: () => state.item && decide("approve", shownItem()),
  reject: () => state.item && rejectItem(),
  edit: () => state.item && openEditor(state.item),
  discard: () => state.item && decide("drop", shownItem(), false),
  undo: undoLast,
  next: () => go(1),
  previous: () => go(-1),
  switch: switchPart,
  theme: () => setDark(!state.dark),
  help: () => void askIn("keys-dialog"),
  search: () => byId("word").focus(),
  "approve-all": approveAll,
};

function shownItem() {
  const { item_id, card, fingerprint, last_review } = state.item;
  return { item_id, card, fingerprint, last_review };
}

// One action at a time: a second key press must not decide about a card that is not shown yet.
async function run(action) {
  if (state.busy) return;
  state.busy = true;
  try {
    await action();
  } catch (error) {
    complain(error);
  } finally {
    state.busy = false;
  }
}

async function decide(action, request, moves = true) {
  try {
    await afterDecision(await ask(action, request), moves);
  } catch (error) {
    // Show the card as it is now.
    if (state.item) await load(names(state.item), 0).catch(() => null);
    throw error;
  }
}

async function afterDecision(answer, moves) {
  if (moves) await load(state.place, isOfList(state.item) ? 1 : 0);
  else await load(names(state.item), 0);
  if (!state.item) await load(null, 0);
  say(`${answer.done} U undoes it.`);
}

async function undoLast() {
  const answer = await ask("undo");
  await load(names(answer), 0);
  say(answer.done);
}

async function go(step) {
  const answer = await load(state.place, step, false);
  if (answer.item) say("");
  else say(step > 0 ? "This is the last card of the list." : "This is the first card of the list.");
}

async function switchPart() {
  if (!state.item) return;
  const { item_id } = state.item;
  if (state.item.card !== "analysis") return load({ item_id, card: "analysis" }, 0);
  if (state.place && !isOfList(state.item)) return load(state.place, 0);
  const filter = { stage: "flashcards", show: "all", verdict: "", card: "", word: item_id };
  const { item } = await ask("card", { filter, at: null, step: 1 });
  return item && load(names(item), 0);
}

// Shows the card at a place of the list. Without one, the shown card stays, or the page says that nothing is left.
async function load(at, step, clears = true) {
  const answer = await ask("card", { filter: filterValues(), at, step });
  byId("undo").disabled = !answer.undoable;
  if (!answer.item && !clears && state.item) return answer;
  state.item = answer.item;
  byId("item").hidden = !answer.item;
  byId("nothing").hidden = Boolean(answer.item);
  for (const id of ["approve", "reject", "edit", "switch"]) byId(id).disabled = !answer.item;
  const noun = byId("stage").value === "nuance" ? ["analysis", "analyses"] : ["card"];
  byId("count").textContent = answer.item && answer.count ? `${Math.min(answer.place, answer.count).toLocaleString("en")} of ${counted(answer.count, ...noun)}` : counted(answer.count, ...noun);
  if (!answer.item) {
    byId("nothing").textContent = answer.count ? "This is the end of the list." : "The filters select nothing. Everything that they select has been reviewed, or you can change them.";
    return answer;
  }
  if (isOfList(answer.item)) state.place = names(answer.item);
  showItem(answer.item);
  if (answer.note) showNote(state.templates, answer.note);
  byId("problem").hidden = !answer.problem;
  byId("problem").textContent = answer.problem ?? "";
  return answer;
}

async function cancelEdit() {
  closeEditor();
  await load(names(state.item), 0);
  say("The edit was canceled. Nothing was changed.");
}

function setDark(dark) {
  state.dark = dark;
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  byId("theme").setAttribute("aria-pressed", dark);
  for (const id of ["front", "back"]) {
    const page = byId(id).getAttribute("srcdoc");
    if (page) byId(id).setAttribute("srcdoc", page.replace(/<body class="card card1(?: nightMode)?">/, `<body class="card card1${dark ? " nightMode" : ""}">`));
  }
}

function fillSelect(id, all, values) {
  const option = (value, text) => Object.assign(element("option", "", text), { value });
  byId(id).replaceChildren(option("", all), ...values.map((value) => option(value, value)));
}

async function onFilter(event) {
  byId("card").disabled = byId("stage").value === "nuance";
  if (byId("card").disabled) byId("card").value = "";
  if (isEditing()) closeEditor();
  state.item = state.place = null;
  await load(null, 0);
  say("");
  if (event?.target !== byId("word")) document.activeElement.blur();
}

// A change of the filters waits until the action before it has ended.
function filterSoon(event, pause) {
  clearTimeout(state.timer);
  state.timer = setTimeout(() => (state.busy ? filterSoon(event, 50) : run(() => onFilter(event))), pause);
}

function connect() {
  for (const [id, action] of Object.entries(ACTIONS)) {
    byId(id)?.addEventListener("click", (event) => {
      if (isEditing() && id !== "theme" && id !== "help") return;
      if (event.detail) event.currentTarget.blur(); // so that keys work after a click
      run(action);
    });
  }
  byId("cancel").addEventListener("click", () => run(cancelEdit));
  byId("editor").addEventListener("submit", (event) => { event.preventDefault(); run(saveEdit); });
  byId("filter").addEventListener("submit", (event) => { event.preventDefault(); byId("word").blur(); });
  byId("filter").addEventListener("input", (event) => filterSoon(event, event.target === byId("word") ? 200 : 0));
  document.addEventListener("keydown", onKey);
  connectDialogs();
}

async function begin() {
  connect();
  setDark(state.dark);
  const { cards, verdicts, ...templates } = await ask("start");
  state.templates = templates;
  fillSelect("verdict", "All verdicts", verdicts);
  fillSelect("card", "All card types", cards);
  await load(null, 0);
  performance.mark("first card");
}

run(begin);
