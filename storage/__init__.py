"""The memory: tables, migrations, queries, the transaction, photos and backup."""
