"""Manage the ledger's database file: connections, tables, migrations, backups, and health checks."""
