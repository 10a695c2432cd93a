"""How fast: each row of the table sets the program beside something well known, on one machine, in one run.

The command is `./bench`. Nothing here is part of the product, and nothing of the product is changed for it: what is
measured is `undersigned serve` as it is shipped, with default settings but for the limits on one address. Load goes to
the loopback only.
"""
