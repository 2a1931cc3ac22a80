"""Show what calls have cost, by stage, model, prompt, day, or word list (`kedro costs`)."""
