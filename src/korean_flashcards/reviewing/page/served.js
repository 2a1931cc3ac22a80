// Sends what the reviewer does to the server that sent this page.

const TOKEN = "korean-flashcards-review-token";

// The page's address has a ticket that is used up. Without it, a browser can load the page again.
history.replaceState(null, "", location.pathname);

function givenToken() {
  const given = document.querySelector('meta[name="token"]');
  try {
    // Storage of this tab only. Some browsers block it in frames.
    if (given) sessionStorage.setItem(TOKEN, given.content);
    return given ? given.content : sessionStorage.getItem(TOKEN);
  } catch {
    return given ? given.content : null;
  } finally {
    given?.remove();
  }
}

const token = givenToken();

async function ask(action, request = {}) {
  let answer;
  try {
    answer = await fetch(`/api/${action}`, {
      method: "POST",
      headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" },
      body: JSON.stringify(request),
    });
  } catch {
    throw new Error("The server does not answer, so nothing was saved. Start `kedro review serve` again, or run the notebook's cell again.");
  }
  if (answer.status === 403) throw new Error("This page's key is no longer valid. Open the address that `kedro review serve` printed, or run the notebook's cell again.");
  const found = await answer.json();
  if (!answer.ok) throw new Error(found.error);
  return found;
}
