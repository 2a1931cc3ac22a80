// Shows a card. Each function returns elements whose texts were set as text.

// Runs of Korean and hanja, also with spaces and punctuation between them.
const KOREAN = /[\p{Script=Hangul}\p{Script=Han}]+(?:[\s.,!?~·…]+[\p{Script=Hangul}\p{Script=Han}]+)*/gu;
const SHORT = 40; // characters; a short side is shown in large letters, like a word

function element(name, className, ...children) {
  const made = document.createElement(name);
  if (className) made.className = className;
  made.append(...children.filter((child) => child !== null));
  return made;
}

// Marks the Korean parts, so that they get Korean shapes of the characters and a Korean voice.
function marked(text) {
  const parts = document.createDocumentFragment();
  let end = 0;
  for (const match of text.matchAll(KOREAN)) {
    parts.append(text.slice(end, match.index), korean("span", "", match[0]));
    end = match.index + match[0].length;
  }
  parts.append(text.slice(end));
  return parts;
}

function korean(name, className, text) {
  const made = element(name, className, text);
  made.lang = "ko";
  return made;
}

const paragraph = (className, text) => (text ? element("p", className, marked(text)) : null);
const prompt = (text) => paragraph(text.length <= SHORT ? "text large" : "text", text);

function head(card) {
  const level = textOf("level", card);
  return element("div", "head", chip(card), level ? element("span", "level", level) : null);
}

function chip(card) {
  return typeOf(card) ? element("span", "chip", typeOf(card)) : element("span");
}

function partOfSpeech(card) {
  const name = textOf("part_of_speech", card);
  return name ? element("span", "pos", name) : null;
}

function front(card, answerShown) {
  const text = data.front[card];
  if (data.own_sides) return [prompt(text)];
  if (hasGap(card)) return [paragraph("text", text)];
  if (!asksForTheWord(card)) return [term(card), answerShown ? sound(card) : null, paragraph("text", text)];
  if (typeOf(card) === "Cloze") return [gap(text), paragraph("hint", textOf("example_translation", card))];
  return [prompt(text), paragraph("hint", textOf("part_of_speech", card)), paragraph("hint", textOf("cue", card))];
}

function term(card) {
  const named = korean("p", "term", textOf("word", card));
  if (textOf("cue", card)) named.append(" ", cue(card));
  return named;
}

// The text that tells words with the same spelling apart.
function cue(card) {
  const text = element("span", "cue", marked(textOf("cue", card)));
  text.lang = "en";
  return text;
}

// The sentence of a cloze card, with its gap in color.
function gap(text) {
  const parts = text.split(/(\[[^\]]*\])/);
  return element("p", "gapped", ...parts.map((part, index) => (index % 2 ? element("span", "gap", part) : marked(part))));
}

function answer(card) {
  const text = data.back[card];
  if (data.own_sides) return [prompt(text)];
  const meaning = textOf("meaning", card);
  const named = meaning ? element("p", "meaning", marked(meaning), " ", partOfSpeech(card) ?? "") : null;
  if (hasGap(card)) return [term(card), sound(card), named, example(card), paragraph("text", text), details(card)];
  const own = asksForTheWord(card)
    ? [korean("p", "term", text), sound(card), typeOf(card) === "Cloze" ? named : null, example(card)]
    : [named, example(card), paragraph("text", text)];
  return [...own, details(card)];
}

function sound(card) {
  const text = textOf("sound", card);
  return text ? korean("p", "sound", `[${text.replace(/^\[|\]$/g, "")}]`) : null;
}

function example(card) {
  const sentence = textOf("example", card);
  if (!sentence) return null;
  const translation = textOf("example_translation", card);
  return element("div", "example", korean("p", "sentence", sentence), paragraph("translation", translation));
}

function details(card) {
  const folds = [
    ["Pronunciation (IPA)", "ipa", textOf("ipa", card)],
    ["Hanja", "hanja", textOf("hanja", card)],
    ["Easily confused", "", textOf("confused_with", card)],
    ["Memory room", "", textOf("primer", card)],
  ];
  const shown = folds.filter(([, , text]) => text).map(([title, className, text]) =>
    fold(title, element("div", className, marked(text))));
  if (tagsOf(card).length) shown.push(fold("Tags", tagButtons(card)));
  return shown.length ? element("div", "folds", ...shown) : null;
}

const fold = (title, content) => element("details", "", element("summary", "", title), content);

function tagButtons(card) {
  return element("div", "tags", ...tagsOf(card).map((tag) => {
    const button = element("button", "tag", tag);
    button.type = "button";
    button.dataset.tag = tag;
    return button;
  }));
}

function fillCard(article, card, answerShown) {
  article.dataset.type = typeOf(card);
  article.classList.toggle("answered", answerShown);
  article.replaceChildren(head(card), ...front(card, answerShown).filter(Boolean));
  if (answerShown) article.append(element("hr"), ...answer(card).filter(Boolean));
}
