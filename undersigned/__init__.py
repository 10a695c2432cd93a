"""Undersigned runs a coalition's joint letter from first draft to the recipient's answer."""

__version__ = "0.1.0"
