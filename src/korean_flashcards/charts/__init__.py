"""Draw charts of a project's words, cards, quality, and costs, as Altair charts. For notebooks, reports, and Kedro-Viz."""
