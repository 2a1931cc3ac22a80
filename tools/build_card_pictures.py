"""Build the pictures in docs/cards.md: cards as Anki renders them.

    kedro run --params "export.extra_cards=reverse;cloze,export.speech=true" && python tools/build_card_pictures.py

Import the deck of the last run in this project into a new collection with Anki's library, and take screenshots with
Chromium (Debian: chromium, fonts-noto-cjk).
"""

import html
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from anki.collection import Collection, ImportAnkiPackageRequest

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "images"
DECK = ROOT / "data" / "07_model_output" / "korean.apkg"
# Each picture: width and height of a card in pixels, and the cards by note key, side, and color.
_PICTURES = {
    "card_answer": (390, 940, [("독립#1/Scene", "answer", ""), ("독립#1/Scene", "answer", " nightMode")]),
    "card_cues": (300, 330, [(f"{word}/Scene", "question", "") for word in ("배#1", "배#2", "네#1", "네#2")]),
    "card_reverse_cloze": (
        300, 480, [(f"독립#1/{kind}", side, "") for kind in ("Reverse", "Cloze") for side in ("question", "answer")],
    ),
    "card_wide": (1100, 560, [("갈등#1/Usage-Comparison", "answer", "")]),
}  # fmt: skip
_PAGE = (
    '<!doctype html><html><head><meta charset="utf-8"><style>body {{ overflow: hidden; }} .replay-button circle '
    "{{ fill: #fff; stroke: #414141; }} .nightMode .replay-button circle {{ fill: #444; stroke: #aaa; }} .nightMode path "
    '{{ fill: #eee; }}</style></head><body class="card card1{color}"><div id="qa">{side}</div></body></html>'
)
_FRAME = (
    '<iframe style="width: {width}px; height: {height}px; border: 0; border-radius: 12px" srcdoc="{page}"></iframe>'
)
# Anki's desktop program shows this button in place of the tag.
_PLAY = (
    '<a class="replay-button"><svg viewBox="0 0 64 64"><circle cx="32" cy="32" r="29" />'
    '<path d="M56.5,32.3l-37.5,20.1l0.3,-40.8l37.2,20.7Z" /></svg></a>'
)


def main() -> None:
    """Write the pictures."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium was not found. Install it, then run this command again.")
    with tempfile.TemporaryDirectory() as folder:
        collection = Collection(f"{folder}/collection.anki2")
        collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(DECK)))
        for name, (width, height, cards) in _PICTURES.items():
            pages = [_page(collection, *card) for card in cards]
            frames = "".join(_FRAME.format(width=width, height=height, page=html.escape(page)) for page in pages)
            path = Path(folder) / "page.html"
            body = f'<body style="margin: 12px; display: flex; gap: 12px; background: #dfe3e6">{frames}</body>'
            path.write_text(f'<!doctype html><meta charset="utf-8">{body}', encoding="utf-8")
            picture = PICTURES / f"{name}.png"
            command = [
                chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
                "--disable-background-networking", f"--user-data-dir={folder}/profile", f"--screenshot={picture}",
                f"--window-size={len(cards) * (width + 12) + 12},{height + 24}", path.as_uri(),
            ]  # fmt: skip
            subprocess.run(command, check=True, capture_output=True, timeout=60)
            print(f"{picture.relative_to(ROOT)}: {picture.stat().st_size / 1000:.0f} kB")
        collection.close()


def _page(collection: Collection, key: str, side: str, color: str) -> str:
    (card_id,) = collection.find_cards(f'"Key:{key}"')
    card = collection.get_card(card_id)
    text = card.question() if side == "question" else card.answer()
    return _PAGE.format(color=color, side=re.sub(r"\[anki:play:[qa]:\d+\]", _PLAY, text))


if __name__ == "__main__":
    main()
