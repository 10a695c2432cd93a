"""`python -m undersigned` is the command `undersigned`."""

from undersigned.config.command_line import main

main()
