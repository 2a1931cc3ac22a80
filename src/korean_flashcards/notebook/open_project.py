"""Open a project in a notebook or a script."""

from pathlib import Path

from kedro.framework.project import settings
from kedro.framework.startup import bootstrap_project
from kedro.utils import find_kedro_project

from korean_flashcards.notebook.notebook_project import NotebookProject
from korean_flashcards.notebook.plain_errors import NotebookError, plain_settings, plainly


@plainly
def open_project(folder: str | Path | None = None, env: str | None = None) -> NotebookProject:
    """Return the project that contains a folder. The project may be new: no list and no run are needed.

    Args:
        folder: The project's folder or a folder in it, or None for the working directory.
        env: The Kedro environment. None means local: your own words. "test" means the short list in conf/test/words.csv,
            with its data in data/test.

    Raises:
        NotebookError: The folder is not part of a project, or the project's settings are wrong.
    """
    start = Path.cwd() if folder is None else Path(folder).expanduser()
    root: Path | None = find_kedro_project(start.absolute())
    if root is None:
        raise NotebookError(f'{start} is not part of a project. Pass the project\'s folder: open_project("FOLDER").')
    if env is not None and not (root / "conf" / env).is_dir():
        raise NotebookError(f"There is no environment named {env}: the folder conf/{env} does not exist.")
    bootstrap_project(root)
    with plain_settings(root / "conf", env):
        session = settings.SESSION_CLASS.create(project_path=root, env=env)
        return NotebookProject(root, env, session)
