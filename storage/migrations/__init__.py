"""Alembic migrations of the schema, run by `storage.schema` and never by hand."""
