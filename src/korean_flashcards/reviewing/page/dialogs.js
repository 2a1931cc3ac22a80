// Asks for the reason of a rejection, and for the confirmation of an approval of many cards.

function askIn(id, focused) {
  const dialog = byId(id);
  dialog.returnValue = "";
  dialog.showModal();
  focused?.focus();
  return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
}

async function rejectItem() {
  byId("reject-title").textContent = `Reject ${state.item.word} ${state.item.card}`;
  byId("reason").value = "";
  const item = state.item;
  if (!(await askIn("reject-dialog", byId("reason")))) return;
  const { item_id, card, fingerprint, last_review } = item;
  await decide("reject", { item_id, card, fingerprint, last_review, reason: byId("reason").value });
}

async function approveAll() {
  const filter = filterValues();
  const { count, verdicts, digest } = await ask("selection", { filter });
  if (!count) {
    say("The filters select nothing to approve.");
    return;
  }
  const noun = filter.stage === "nuance" ? ["analysis", "analyses"] : ["card"];
  const byVerdict = Object.entries(verdicts).map(([verdict, number]) => `${number.toLocaleString("en")} ${verdict}`);
  byId("all-title").textContent = `Approve ${counted(count, ...noun)}?`;
  byId("all-text").textContent = `The filters select ${counted(count, ...noun)}. By verdict: ${byVerdict.join(", ")}. You can undo it on this page.`;
  byId("all-yes").textContent = `Approve ${counted(count, ...noun)}`;
  if (await askIn("all-dialog", byId("all-cancel"))) await decide("approve_all", { filter, digest });
}

function connectDialogs() {
  for (const button of document.querySelectorAll("[data-close]")) {
    button.addEventListener("click", () => button.closest("dialog").close());
  }
}
