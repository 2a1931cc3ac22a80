// Searches all cards. Their texts are converted to lowercase once, while the reader looks at the first card.

const SLICE = 12; // milliseconds
const COLUMNS = ["word", "meaning", "cue", "sound", "part_of_speech", "ipa", "hanja", "example", "example_translation", "confused_with"];

const normalized = (text) => text.normalize("NFC").toLowerCase();

// The initial consonants of a word, such as ㄷㄹ for 독립. They also find the word.
const INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ";
const initials = (word) => word.replace(/[가-힣]/g, (syllable) => INITIALS[Math.floor((syllable.charCodeAt(0) - 0xac00) / 588)]);

const ownText = (card) => normalized(`${data.front[card]}\n${data.back[card]}`);
const SOURCES = [
  ...COLUMNS.map((column) => ({ values: shared[column].values, places: shared[column].cards, convert: normalized })),
  { values: shared.word.values, places: shared.word.cards, convert: (word) => normalized(initials(word)) },
  { values: data.tags.values, places: data.tags.cards, convert: (tag) => normalized(`#${tag}`) },
  { values: everything, places: everything, convert: ownText },
].map((source) => ({ ...source, texts: [] }));

// Converts texts until the time is over. Returns whether all are converted.
function prepareSearch(end = Infinity) {
  for (const { values, convert, texts } of SOURCES) {
    while (texts.length < values.length) {
      texts.push(convert(values[texts.length]));
      if (texts.length % 64 === 0 && performance.now() > end) return false;
    }
  }
  return true;
}

function prepareSearchInSlices() {
  if (!prepareSearch(performance.now() + SLICE)) setTimeout(prepareSearchInSlices, 0);
}

// Returns a function that tells whether a card contains a text.
function contains(text) {
  const sources = SOURCES.map(({ texts, places }) => ({ places, has: texts.map((each) => each.includes(text)) }));
  const isIn = ({ places, has }, card) => {
    const place = places[card];
    return typeof place === "number" ? has[place] : place.some((each) => has[each]);
  };
  return (card) => sources.some((source) => isIn(source, card));
}

// Returns the cards that contain all parts of the query. Cards whose word equals the query come first, then those whose
// word begins with it, then those whose word or meaning has it.
function found(query, chosen) {
  const whole = normalized(query.trim());
  if (!whole) return chosen;
  prepareSearch();
  const tests = whole.split(/\s+/).map(contains);
  const [word, meaning] = SOURCES;
  const wordRanks = word.texts.map((text) => (text === whole ? 0 : text.startsWith(whole) ? 1 : text.includes(whole) ? 2 : 3));
  const meaningRanks = meaning.texts.map((text) => (text.includes(whole) ? 2 : 3));
  const ranked = [[], [], [], []];
  for (const card of chosen) {
    if (!tests.every((test) => test(card))) continue;
    ranked[Math.min(wordRanks[word.places[card]], meaningRanks[meaning.places[card]])].push(card);
  }
  return ranked.flat();
}
