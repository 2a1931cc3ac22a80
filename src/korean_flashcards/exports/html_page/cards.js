// The cards of the page. Texts are plain text: they enter the page as text only, never as HTML.

const data = JSON.parse(document.getElementById("data").textContent);
const { shared } = data;
const everything = data.front.map((_, card) => card);
const ASKING_FOR_THE_WORD = ["Reverse", "Cloze"];

const textOf = (column, card) => shared[column].values[shared[column].cards[card]];
const typeOf = (card) => textOf("card_type", card);
const tagsOf = (card) => data.tags.cards[card].map((place) => data.tags.values[place]);
const asksForTheWord = (card) => ASKING_FOR_THE_WORD.includes(typeOf(card));
// A front of the offline model may have a gap for the word.
const hasGap = (card) => data.front[card].includes("____") && tagsOf(card).some((tag) => /^source:+offline$/.test(tag));

// Returns the cards of a type, and of a deck or its subdecks. An empty name stands for all.
function chosenBy(type, deck) {
  if (!type && !deck) return everything;
  const isType = shared.card_type.values.map((name) => !type || name === type);
  const isDeck = shared.deck.values.map((name) => !deck || name === deck || name.startsWith(`${deck}::`));
  return everything.filter((card) => isType[shared.card_type.cards[card]] && isDeck[shared.deck.cards[card]]);
}

function typeCounts() {
  const counts = new Map(shared.card_type.values.map((type) => [type, 0]));
  for (const card of everything) counts.set(typeOf(card), counts.get(typeOf(card)) + 1);
  return counts;
}

// Returns the number of cards of each deck, with those of its subdecks.
function deckCounts() {
  const own = shared.deck.values.map(() => 0);
  for (const place of shared.deck.cards) own[place] += 1;
  const counts = new Map();
  shared.deck.values.forEach((deck, place) => {
    const levels = deck.split("::");
    levels.forEach((_, last) => {
      const name = levels.slice(0, last + 1).join("::");
      counts.set(name, (counts.get(name) ?? 0) + own[place]);
    });
  });
  return counts;
}
