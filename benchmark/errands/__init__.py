"""What is done with a site's own settings, in a process of its own: `python -m benchmark.errands.NAME`."""
