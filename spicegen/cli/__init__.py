"""The command line: arguments, progress, tables, exit codes. One file per command."""
