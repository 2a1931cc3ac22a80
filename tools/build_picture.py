"""Build the picture in the README: the front and back of a card, and the run report.

    kedro run && python tools/build_picture.py

Read the deck and the report of the last run in this project and take a screenshot with Chromium (Debian: chromium,
fonts-noto-cjk). Write ``docs/images/card_and_report.png``.
"""

import html
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polars as pl

from korean_flashcards.formats.anki_note import NoteTemplates
from korean_flashcards.notebook.card_preview import show_card

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "card_and_report.png"
SIZE = (1280, 600)
_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><style>
body {{ margin: 0; padding: 16px; display: flex; gap: 16px; background: #dfe3e6; overflow: hidden; }}
iframe {{ border: 0 !important; background: white; border-radius: 12px !important; }}
.cards iframe {{ width: 340px !important; height: 568px !important; }}
.report {{ width: 536px; height: 568px; overflow: hidden; border-radius: 12px; }}
.report iframe {{ width: 766px; height: 812px; transform: scale(.7); transform-origin: 0 0; }}
</style><body><div class="cards">{cards}</div><div class="report"><iframe srcdoc="{report}"></iframe></div></body></html>"""


def picture_page(data: Path, word: str, card_type: str) -> str:
    """Return the HTML page for the screenshot.

    Args:
        data: The ``data`` folder of a project after a run.
        word: The headword of the card to show.
        card_type: The type of the card to show, such as "Scene".
    """
    notes = pl.read_parquet(data / "07_model_output" / "anki_notes.parquet")
    note = notes.row(by_predicate=(pl.col("Term") == word) & (pl.col("CardType") == card_type), named=True)
    front, back, css = ((ROOT / "conf" / "base" / "anki" / name).read_text("utf-8") for name in _TEMPLATES)
    cards = show_card(note, NoteTemplates(front=front, back=back, css=css))
    report = (data / "08_reporting" / "report.html").read_text(encoding="utf-8")
    return _PAGE.format(cards=cards.data, report=html.escape(report))


_TEMPLATES = ("front.html", "back.html", "style.css")


def main() -> None:
    """Write the picture."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("Chromium was not found. Install it, then run this command again.")
    with tempfile.TemporaryDirectory() as folder:
        page = Path(folder) / "page.html"
        page.write_text(picture_page(ROOT / "data", "남성", "Scene"), encoding="utf-8")
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        command = [
            chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run",
            "--disable-background-networking", f"--user-data-dir={folder}/profile",
            f"--window-size={SIZE[0]},{SIZE[1]}", f"--screenshot={PICTURE}", page.as_uri(),
        ]  # fmt: skip
        subprocess.run(command, check=True, capture_output=True, timeout=60)
    print(f"{PICTURE.relative_to(ROOT)}: {PICTURE.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
