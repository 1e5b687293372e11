"""The commands of `zicha`, one module per subject."""
