"""Implement the commands, and turn errors into messages and exit codes. Each command has its own module."""
