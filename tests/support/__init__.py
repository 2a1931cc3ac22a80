"""Provide helpers that several test modules share, such as a model server on 127.0.0.1."""
