// Edits several fields of a card at once, with a preview of the card while the reviewer types.

const PAUSE = 150; // milliseconds after the last key

const editor = { item: null, timer: 0, asked: 0 };

function isEditing() {
  return editor.item !== null;
}

function openEditor(item) {
  editor.item = item;
  byId("fields").replaceChildren(...item.fields.map(fieldControl));
  byId("invalid").textContent = "";
  toggleEditor(true);
  byId("fields").querySelector("textarea, input").focus();
}

function closeEditor() {
  editor.item = null;
  clearTimeout(editor.timer);
  editor.asked += 1;
  toggleEditor(false);
}

function toggleEditor(isOpen) {
  byId("editor").hidden = !isOpen;
  byId("about").hidden = isOpen;
  document.body.classList.toggle("editing", isOpen);
}

function fieldControl(field) {
  const control = element(field.short ? "input" : "textarea", "");
  Object.assign(control, { id: `field-${field.name}`, value: field.text, spellcheck: false });
  if (!field.short) control.rows = Math.min(12, Math.max(3, Math.ceil(field.text.length / 46) + field.text.split("\n").length));
  control.dataset.field = field.name;
  control.addEventListener("input", previewSoon);
  const label = element("label", "", element("span", "", field.label), control);
  if (field.name === "tags") label.append(element("small", "", "Separate tags with commas."));
  return label;
}

// Only the fields that differ, so that an edit of one field does not pin the others.
function changedValues() {
  const before = new Map(editor.item.fields.map((field) => [field.name, field.text]));
  const controls = [...byId("fields").querySelectorAll("[data-field]")];
  return Object.fromEntries(controls.filter((each) => each.value !== before.get(each.dataset.field)).map((each) => [each.dataset.field, each.value]));
}

function previewSoon() {
  clearTimeout(editor.timer);
  editor.timer = setTimeout(preview, PAUSE);
}

async function preview() {
  if (!isEditing()) return;
  const number = (editor.asked += 1);
  const { item_id, card } = editor.item;
  try {
    const answer = await ask("preview", { item_id, card, values: changedValues() });
    if (number !== editor.asked) return; // a later text has been typed meanwhile
    byId("invalid").textContent = answer.problem ?? "";
    if (answer.note) showNote(state.templates, answer.note);
  } catch (error) {
    complain(error);
  }
}

// The typed text stays in the form if the card has changed meanwhile, so nothing that was typed is lost.
async function saveEdit() {
  const values = changedValues();
  if (!Object.keys(values).length) {
    byId("invalid").textContent = "Nothing has been changed. Change a field, or cancel.";
    return;
  }
  const { item_id, card, fingerprint, last_review } = editor.item;
  try {
    const answer = await ask("edit", { item_id, card, fingerprint, last_review, values });
    closeEditor();
    await afterDecision(answer, false);
  } catch (error) {
    byId("invalid").textContent = error.message;
    await takeOverChanges(values);
  }
}

// Shows what the card contains now. Saving again replaces it knowingly.
async function takeOverChanges(values) {
  const current = await ask("card", { filter: filterValues(), at: names(editor.item), step: 0 }).catch(() => null);
  if (!current?.item || current.item.last_review === editor.item.last_review && current.item.fingerprint === editor.item.fingerprint) return;
  editor.item = state.item = current.item;
  showItem(current.item);
  byId("fields").replaceChildren(...current.item.fields.map(fieldControl));
  for (const [name, value] of Object.entries(values)) byId(`field-${name}`).value = value;
  const changed = current.item.fields.filter((field) => field.name in values).map((field) => `${field.label} is now: ${field.text}`);
  byId("invalid").textContent = ["The card was changed elsewhere. Your text is kept here. Save again to replace the new text.", ...changed].join("\n");
  byId("about").hidden = true;
}
