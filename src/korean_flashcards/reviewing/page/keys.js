// Connects keys with the buttons.

const KEYS = {
  a: "approve", r: "reject", e: "edit", u: "undo", n: "next", p: "previous", i: "switch", d: "theme", x: "discard",
  ArrowRight: "next", ArrowLeft: "previous", A: "approve-all", "?": "help", "/": "search",
};

// With a Korean keyboard, the key of A types ㅁ. The code names the key itself.
function keyName(event) {
  if (/^[a-z]$/i.test(event.key)) return event.shiftKey ? event.key.toUpperCase() : event.key.toLowerCase();
  const letter = /^Key([A-Z])$/.exec(event.code);
  if (letter && event.key !== letter[1]) return event.shiftKey ? letter[1] : letter[1].toLowerCase();
  return event.key;
}

function onKey(event) {
  if (document.querySelector("dialog[open]") || event.isComposing) return;
  if (isEditing() && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    return run(saveEdit);
  }
  if (isEditing() && event.key === "Escape") return run(cancelEdit);
  const isTyping = event.target.matches("input, select, textarea");
  if (isTyping && event.key === "Escape") {
    event.preventDefault(); // the browser would clear the search
    return event.target.blur();
  }
  if (isTyping || isEditing() || event.ctrlKey || event.metaKey || event.altKey) return;
  const action = KEYS[keyName(event)];
  if (!action || event.repeat && !["next", "previous"].includes(action)) return;
  event.preventDefault();
  run(ACTIONS[action]);
}
