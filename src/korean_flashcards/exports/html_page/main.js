// Connects the controls with the cards.

const byId = (id) => document.getElementById(id);
const state = { chosen: everything, place: 0, answerShown: false, view: "study", listed: 0 };

const isPressed = (id) => byId(id).getAttribute("aria-pressed") === "true";
const press = (id, pressed) => byId(id).setAttribute("aria-pressed", pressed);
const counted = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

function choose() {
  const [query, type, deck] = ["query", "type", "deck"].map((id) => byId(id).value);
  state.chosen = found(query, chosenBy(type, deck));
  if (isPressed("shuffle")) state.chosen = shuffled(state.chosen);
  state.place = 0;
  state.answerShown = false;
  show();
}

function shuffled(list) {
  const mixed = [...list];
  for (let last = mixed.length - 1; last > 0; last--) {
    const other = Math.floor(Math.random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other], mixed[last]];
  }
  return mixed;
}

function show() {
  const total = state.chosen.length;
  byId("nothing").hidden = total > 0;
  byId("nothing").textContent = everything.length ? "No card matches. Change the search or the filters." : "This deck has no cards.";
  byId("study").hidden = state.view !== "study" || !total;
  byId("list").hidden = state.view !== "list" || !total;
  for (const view of ["study", "list"]) press(`show-${view}`, view === state.view);
  const all = counted(everything.length, "card");
  byId("count").textContent = total === everything.length ? all : `${total.toLocaleString("en")} of ${all}`;
  if (!total) return;
  if (state.view === "study") showCard();
  else showList();
}

function showCard() {
  const total = state.chosen.length;
  fillCard(byId("card"), state.chosen[state.place], state.answerShown);
  byId("card").firstChild.append(element("span", "place", `${(state.place + 1).toLocaleString("en")} / ${total.toLocaleString("en")}`));
  byId("bar").style.width = `${((state.place + 1) / total) * 100}%`;
  byId("previous").disabled = state.place === 0;
  byId("next").disabled = state.place === total - 1;
  byId("flip").textContent = state.answerShown ? "Hide answer" : "Show answer";
}

function showList() {
  state.listed = 0;
  byId("rows").replaceChildren();
  listMore();
}

function listMore() {
  const piece = state.chosen.slice(state.listed, state.listed + PIECE);
  byId("rows").append(...piece.map(listRow));
  state.listed += piece.length;
  byId("more").hidden = state.listed === state.chosen.length;
}

function go(step) {
  const place = state.place + step;
  if (state.view !== "study" || place < 0 || place >= state.chosen.length) return;
  state.place = place;
  state.answerShown = false;
  showCard();
  if (byId("card").getBoundingClientRect().top < 0) byId("study").scrollIntoView();
}

function flip() {
  if (state.view !== "study" || !state.chosen.length) return;
  state.answerShown = !state.answerShown;
  showCard();
}

function setView(view) {
  state.view = view;
  show();
}

function fillSelect(id, all, counts) {
  const option = (value, label) => Object.assign(element("option", "", label), { value });
  const names = [...counts.keys()].filter(Boolean).sort((one, other) => one.localeCompare(other, "ko"));
  byId(id).replaceChildren(option("", all), ...names.map((name) => option(name, `${name} (${counts.get(name).toLocaleString("en")})`)));
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const typing = event.target.matches("input, select, textarea");
  if (event.key === "Escape" && typing) event.target.blur();
  if (typing) return;
  if (event.key === "/") byId("query").focus();
  else if (event.key === " " && !event.target.closest("button, summary") && state.view === "study") flip();
  else if (event.key === "ArrowRight" && state.view === "study") go(1);
  else if (event.key === "ArrowLeft" && state.view === "study") go(-1);
  else return;
  event.preventDefault();
}

function onCardClick(event) {
  if (event.target.closest("button, summary, details") || String(getSelection())) return;
  flip();
}

function onTagClick(event) {
  const tag = event.target.dataset?.tag;
  if (tag === undefined) return;
  byId("query").value = `#${tag}`;
  choose();
}

function onSwipe() {
  let start = null;
  byId("card").addEventListener("touchstart", (event) => { start = event.touches.length === 1 ? event.touches[0] : null; }, { passive: true });
  byId("card").addEventListener("touchend", (event) => {
    const end = event.changedTouches[0];
    if (start && Math.abs(end.clientX - start.clientX) > 60 && Math.abs(end.clientY - start.clientY) < 40) go(end.clientX < start.clientX ? 1 : -1);
    start = null;
  });
}

function connect() {
  byId("tools").hidden = false;
  byId("tools").addEventListener("submit", (event) => event.preventDefault());
  for (const id of ["query", "type", "deck"]) byId(id).addEventListener("input", choose);
  for (const view of ["study", "list"]) byId(`show-${view}`).addEventListener("click", () => setView(view));
  const actions = { previous: () => go(-1), next: () => go(1), flip, more: listMore, print: () => print(), shuffle: onShuffle };
  for (const [id, action] of Object.entries(actions)) {
    byId(id).addEventListener("click", (event) => {
      action();
      if (event.detail) event.currentTarget.blur(); // so that the space bar turns the card after a click
    });
  }
  byId("card").addEventListener("click", onCardClick);
  document.addEventListener("click", onTagClick);
  document.addEventListener("keydown", onKey);
  onSwipe();
  new IntersectionObserver(([more]) => more.isIntersecting && listMore(), { rootMargin: "600px" }).observe(byId("more"));
  addEventListener("beforeprint", () => byId("paper").replaceChildren(...state.chosen.map(paperRow)));
  addEventListener("afterprint", () => byId("paper").replaceChildren());
}

function onShuffle() {
  press("shuffle", !isPressed("shuffle"));
  choose();
}

fillSelect("type", "All card types", typeCounts());
fillSelect("deck", "All decks", deckCounts());
connect();
show();
performance.mark("first card");
setTimeout(prepareSearchInSlices, 0);
