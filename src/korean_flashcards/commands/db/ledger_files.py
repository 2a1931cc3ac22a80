"""Find the files of the project whose ledger a command cares for."""

from korean_flashcards.commands.project_files import ProjectFiles, project_files
from korean_flashcards.llm.client import LLMClient
from korean_flashcards.planning.missing_ledger import refuse_missing_ledger


def ledger_files(env: str | None) -> ProjectFiles:
    """Return the files of the environment's project. Without a ledger, the project must be new.

    Raises:
        LedgerError: The ledger is a link to a disk that is not mounted.
        LedgerMissingError: The ledger is missing, although the project once had one.
    """
    files = project_files(env)
    path = files.ledger.store.path
    # The commands report an empty ledger themselves.
    if not path.exists():
        refuse_missing_ledger(path, files.exists, lambda: LLMClient(files.cache))
    return files
