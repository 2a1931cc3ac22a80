"""The ledger's database file: connections, tables, migrations, backups, health."""
