// Shows the chosen cards as a list, a piece at a time, and as a table on paper.

const PIECE = 50; // cards

function listRow(card) {
  const isPlain = data.own_sides || asksForTheWord(card);
  const question = isPlain ? element("span", "asked", marked(data.front[card])) : korean("span", "word", textOf("word", card));
  if (!data.own_sides && textOf("cue", card)) question.append(" ", cue(card));
  const reply = element("span", "replied", marked(isPlain ? data.back[card] : textOf("meaning", card)));
  const row = element("details", "row", element("summary", "", question, reply, chip(card)));
  row.dataset.type = typeOf(card);
  row.addEventListener("toggle", () => {
    if (!row.open || row.children.length > 1) return;
    const body = element("article", "");
    fillCard(body, card, true);
    row.append(body);
  });
  return element("li", "", row);
}

// A card on paper: the question on the left, the answer on the right.
function paperRow(card) {
  const question = element("div", "question", ...front(card, false).filter(Boolean));
  const said = data.own_sides || asksForTheWord(card) || hasGap(card) ? null : sound(card);
  const shown = [said, ...answer(card)].filter((part) => part && !part.matches(".folds"));
  const answered = element("div", "answer", ...shown, ...paperDetails(card));
  const row = element("div", "pair", question, answered);
  row.dataset.type = typeOf(card);
  return row;
}

// What the screen shows folded. Backs about hanja begin with them.
function paperDetails(card) {
  if (data.own_sides) return [];
  return [["IPA", "ipa"], ["Hanja", "hanja"], ["Easily confused", "confused_with"]]
    .map(([title, column]) => [title, textOf(column, card)])
    .filter(([, text]) => text && !data.back[card].includes(text))
    .map(([title, text]) => element("p", "more", `${title}: `, marked(text)));
}
