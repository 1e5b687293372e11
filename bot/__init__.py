"""The running program: settings, command line, intake, sender, clock and the sandbox."""
