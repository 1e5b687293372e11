"""Tools for those who change the project, not needed to run or test it."""
