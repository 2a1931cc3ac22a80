"""What several test modules share: a model server on 127.0.0.1."""
